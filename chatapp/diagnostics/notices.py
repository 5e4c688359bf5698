"""Notices on every page for the owner: what is missing right now."""

from collections.abc import Callable
from typing import NamedTuple
from zlib import crc32

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext

from chatapp.accounts.models import LinkRequest
from chatapp.diagnostics.checks.live_updates import redis_is_away
from chatapp.diagnostics.checks.model_service import no_service
from chatapp.diagnostics.results import Result, yellow
from chatapp.diagnostics.service_calls import explain
from chatapp.realtime.relay import relay
from chatapp.replies import service

HIDDEN_COOKIE = "hidden_notices"  # set by static/js/elements/owner/owner-notice.js


class Notice(NamedTuple):
    """`url` leads to a page with more, "" for none."""

    result: Result
    url: str = ""

    @property
    def key(self) -> str:
        """Name this notice in the cookie of those that the owner hides. New facts are new."""
        return f"{crc32(self.result.found.encode()):x}"


def owner_notices(request: HttpRequest) -> dict[str, Callable[[], list[Notice]]]:
    """Add the notices to templates. They cost something only where a page shows them."""
    return {"owner_notices": lambda: _shown(request) if _is_owner(request) else []}


def _is_owner(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and user.is_owner


def _shown(request: HttpRequest) -> list[Notice]:
    hidden = request.COOKIES.get(HIDDEN_COOKIE, "").split(".")
    return [notice for notice in _notices() if notice.key not in hidden]


def _notices() -> list[Notice]:
    """Return the notices without calling any service: pages must not wait for what is broken."""
    notices = []
    if settings.SERVICE.kind == "none":
        notices.append(Notice(no_service()))
    elif refusal := service.refusal():
        notices.append(Notice(explain(refusal), reverse("diagnostics")))
    if relay.is_started and not relay.is_connected:
        notices.append(Notice(redis_is_away(), reverse("diagnostics")))
    if not settings.EMAIL_URL and (count := LinkRequest.objects.open().count()):
        notices.append(_link_requests(count))
    return notices


def _link_requests(count: int) -> Notice:
    sentence = ngettext(
        "One person is waiting for a link to choose a new password.",
        "%(count)s people are waiting for a link to choose a new password.",
        count,
    )
    fix = ngettext("Send it to them.", "Send one to each of them.", count)
    return Notice(yellow(sentence % {"count": count}, fix), reverse("password-links"))
