"""Notices on every page for the owner: what is missing right now."""

from collections.abc import Callable
from typing import NamedTuple
from zlib import crc32

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from chatapp.accounts.models import LinkRequest
from chatapp.diagnostics.checks.database import full_result
from chatapp.diagnostics.checks.live_updates import redis_is_away
from chatapp.diagnostics.checks.model_service import no_service
from chatapp.diagnostics.results import Result, red, yellow
from chatapp.diagnostics.service_calls import explain
from chatapp.realtime.relay import relay
from chatapp.replies import service
from chatapp.retirement import offers
from chatapp.server.database_state import database_is_full, probe

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
    return {"owner_notices": lambda: _notices_for(request)}


def _notices_for(request: HttpRequest) -> list[Notice]:
    """Everybody is told that the database is full, because it concerns what they type."""
    is_owner = _is_owner(request)
    full = [Notice(_database_full(is_owner))] if _is_still_full() else []
    return full + (_shown(request) if is_owner else [])


def _is_still_full() -> bool:
    """Look again before a page says so, because the database may take something new by now."""
    if database_is_full():
        probe()
    return database_is_full()


def _database_full(is_owner: bool) -> Result:
    found = gettext(
        "The database is full or read-only, so nothing new can be saved. You can read and delete."
    )
    return full_result(found) if is_owner else red(found)


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
    notices += [Notice(ending) for ending in _endings()]
    if relay.is_started and not relay.is_connected:
        notices.append(Notice(redis_is_away(), reverse("diagnostics")))
    if not settings.EMAIL_URL and (count := LinkRequest.objects.open().count()):
        notices.append(_link_requests(count))
    return notices


def _endings() -> list[Result]:
    """Return a notice for each model on offer that the service retires soon."""
    notices = []
    for model in offers.offered().values():
        if ends_on := offers.ends_soon(model.id):
            facts = {"model": model.label, "date": date_format(ends_on, "j F Y")}
            found = gettext("%(model)s is retired on %(date)s.") % facts
            following = offers.following(model.id)
            fix = gettext("Chats go on with %s then.") % following.label if following else ""
            notices.append(yellow(found, fix))
    return notices


def _link_requests(count: int) -> Notice:
    sentence = ngettext(
        "One person is waiting for a link to choose a new password.",
        "%(count)s people are waiting for a link to choose a new password.",
        count,
    )
    fix = ngettext("Send it to them.", "Send one to each of them.", count)
    return Notice(yellow(sentence % {"count": count}, fix), reverse("password-links"))
