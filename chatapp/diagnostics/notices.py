"""Notices on every page for those who can do something about it: what is missing right now."""

from collections.abc import Callable
from typing import Any, NamedTuple
from zlib import crc32

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from chatapp.accounts.models import LinkRequest
from chatapp.accounts.permissions import Permission, allows
from chatapp.diagnostics.checks.database import full_result
from chatapp.diagnostics.checks.live_updates import redis_is_away
from chatapp.diagnostics.checks.model_service import no_service
from chatapp.diagnostics.results import Result, red, yellow
from chatapp.diagnostics.service_calls import explain
from chatapp.realtime.relay import relay
from chatapp.replies import service
from chatapp.retirement import offers
from chatapp.server.database_state import database_is_full, probe

type Viewer = Any  # a Person or an AnonymousUser
SEE = Permission.SEE_DIAGNOSTICS
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
    user = getattr(request, "user", None)
    if user is None:
        user = AnonymousUser()
    full = [Notice(_database_full(sees_details=allows(user, SEE)))] if _is_still_full() else []
    return full + _shown(request, user)


def _is_still_full() -> bool:
    """Look again before a page says so, because the database may take something new by now."""
    if database_is_full():
        probe()
    return database_is_full()


def _database_full(*, sees_details: bool) -> Result:
    found = gettext(
        "The database is full or read-only, so nothing new can be saved. You can read and delete."
    )
    return full_result(found) if sees_details else red(found)


def _shown(request: HttpRequest, user: Viewer) -> list[Notice]:
    notices = _of_the_site() if allows(user, SEE) else []
    if allows(user, Permission.MANAGE_PEOPLE) and not settings.EMAIL_URL:
        notices += _link_requests(user)
    hidden = request.COOKIES.get(HIDDEN_COOKIE, "").split(".") if notices else []
    return [notice for notice in notices if notice.key not in hidden]


def _of_the_site() -> list[Notice]:
    """Return the notices without calling any service: pages must not wait for what is broken."""
    notices = []
    if settings.SERVICE.kind == "none":
        notices.append(Notice(no_service()))
    elif refusal := service.refusal():
        notices.append(Notice(explain(refusal), reverse("diagnostics")))
    notices += [Notice(ending) for ending in _endings()]
    if relay.is_started and not relay.is_connected:
        notices.append(Notice(redis_is_away(), reverse("diagnostics")))
    return notices


def _endings() -> list[Result]:
    """Return a notice for each model on offer that the service retires soon."""
    notices = []
    for model in offers.offered().values():
        if ends_on := offers.ends_soon(model.id):
            facts = {"model": model.label, "date": date_format(ends_on, "DATE_FORMAT")}
            found = gettext("%(model)s is retired on %(date)s.") % facts
            following = offers.following(model.id)
            fix = gettext("Chats continue with %s then.") % following.label if following else ""
            notices.append(yellow(found, fix))
    return notices


def _link_requests(user: Viewer) -> list[Notice]:
    count = LinkRequest.objects.open_for(user).count()
    if not count:
        return []
    sentence = ngettext(
        "One person is waiting for a link to choose a new password.",
        "%(count)s people are waiting for a link to choose a new password.",
        count,
    )
    fix = ngettext("Send it to them.", "Send one to each of them.", count)
    return [Notice(yellow(sentence % {"count": count}, fix), reverse("password-links"))]
