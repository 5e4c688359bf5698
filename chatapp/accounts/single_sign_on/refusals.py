"""Why a sign-in with the provider is refused. Each reason has a sentence for the person."""

from __future__ import annotations

from enum import Enum
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from chatapp.accounts.single_sign_on.configured import configured

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Reason(Enum):
    """A reason by the name that the log shows, with the status of the answer and a sentence."""

    status: HTTPStatus
    template: _StrPromise

    CANCELLED = (
        HTTPStatus.FORBIDDEN,
        _("You cancelled the sign-in with %(provider)s."),
    )
    EXPIRED = (
        HTTPStatus.BAD_REQUEST,
        _("This sign-in has expired, or it began in another browser. Start again."),
    )
    UNREACHABLE = (
        HTTPStatus.BAD_GATEWAY,
        _("%(provider)s can't be reached. Try again in a few minutes."),
    )
    UNVERIFIABLE = (
        HTTPStatus.FORBIDDEN,
        _(
            "The answer of %(provider)s couldn't be verified. Try again. If that doesn't help, "
            "tell the person who runs this site."
        ),
    )
    PROVIDER_REFUSED = (
        HTTPStatus.FORBIDDEN,
        _("%(provider)s refused the sign-in. Try again, or ask the people who run it."),
    )
    NO_EMAIL = (
        HTTPStatus.FORBIDDEN,
        _("%(provider)s didn't send an email of yours, which this site needs to know you by."),
    )
    UNVERIFIED_EMAIL = (
        HTTPStatus.FORBIDDEN,
        _("%(provider)s hasn't verified your email. Verify it there, then sign in again."),
    )
    NOT_INVITED = (
        HTTPStatus.FORBIDDEN,
        _("There is no account with your email here. Ask the person who runs this site for one."),
    )
    OTHER_IDENTITY = (
        HTTPStatus.FORBIDDEN,
        _(
            "The account with your email belongs to another account of %(provider)s. Ask the "
            "person who runs this site to unlink that."
        ),
    )
    INACTIVE = (
        HTTPStatus.FORBIDDEN,
        _("Your account is deactivated. Ask the person who runs this site to reactivate it."),
    )
    TOO_MANY = (
        HTTPStatus.TOO_MANY_REQUESTS,
        _("Too many sign-ins began at your address. Wait ten minutes and try again."),
    )

    def __init__(self, status: HTTPStatus, template: _StrPromise) -> None:
        self.status = status
        self.template = template

    @property
    def sentence(self) -> str:
        return str(self.template) % {"provider": configured().name}


class Refused(Exception):
    """End a sign-in. `detail` is for the log, and never has a token or a text of the provider."""

    def __init__(self, reason: Reason, detail: str = "", email: str = "") -> None:
        super().__init__(reason.name, detail)
        self.reason = reason
        self.detail = detail
        self.email = email
