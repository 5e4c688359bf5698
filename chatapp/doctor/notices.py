"""What the owner should know without asking the doctor: pieces that are missing right now."""

from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from chatapp.accounts.models import LinkRequest
from chatapp.doctor import asking
from chatapp.doctor.checks.processes import away
from chatapp.doctor.checks.service import not_configured
from chatapp.doctor.result import Result, yellow
from chatapp.realtime.relay import relay
from chatapp.replies import service


class Notice(NamedTuple):
    """`url` leads to a page that says more, "" for none."""

    result: Result
    url: str = ""


def owner_notices(request: HttpRequest) -> dict[str, Callable[[], list[Notice]]]:
    """For templates. It is worked out only where a page shows it."""
    return {"owner_notices": lambda: _notices() if _is_owner(request) else []}


def _is_owner(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and user.is_owner


def _notices() -> list[Notice]:
    """Nothing here asks a service: pages must not wait for what is broken."""
    notices = []
    if settings.SERVICE.kind == "none":
        notices.append(Notice(not_configured()))
    elif refusal := service.refusal():
        notices.append(Notice(asking.trouble(refusal), reverse("doctor")))
    if relay.is_started and not relay.is_connected:
        notices.append(Notice(away(), reverse("doctor")))
    if not settings.EMAIL_URL and (count := LinkRequest.objects.open().count()):
        sentence = ngettext(
            "Somebody waits for a link to choose a new password.",
            "%(count)s people wait for links to choose new passwords.",
            count,
        )
        url = reverse("password-links")
        notices.append(Notice(yellow(sentence % {"count": count}, gettext("Hand it over.")), url))
    return notices
