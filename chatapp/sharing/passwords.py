"""The password of a share: checked a limited number of times, then remembered by the browser."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from chatapp.accounts import attempts, hashing
from chatapp.accounts.attempts import Limit
from chatapp.server.client_address import client_address
from chatapp.sharing.models import Share

COOKIE = "share"
MAX_LENGTH = 128  # characters
FROM_ADDRESS = Limit("password of a share from an address", 10, timedelta(minutes=10))
OF_SHARE = Limit("password of a share", 100, timedelta(hours=1))


class WrongPassword(Exception):
    """Hold the sentence for the reader."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def is_unlocked(request: HttpRequest, share: Share) -> bool:
    """Return whether it needs no password, or this browser has entered the present one."""
    given = request.COOKIES.get(COOKIE, "")
    return not share.password or constant_time_compare(given, _proof(share))


def check(request: HttpRequest, share: Share, password: str) -> None:
    """Raise WrongPassword for a wrong one, or after too many. It counts before it is checked, so
    that attempts at the same instant count too."""
    address = client_address(request).network
    counters = [FROM_ADDRESS.of(str(share.pk), address), OF_SHARE.of(str(share.pk))]
    if not attempts.take_all(counters):
        raise WrongPassword(_("Too many wrong passwords. Try again in an hour."))
    try:
        with hashing.slot(is_known=False):
            is_right = check_password(password[:MAX_LENGTH], share.password)
    except ValidationError:  # it wasn't checked
        attempts.give_back_all(counters)
        raise WrongPassword(_("This site is busy. Wait a minute and try again.")) from None
    if not is_right:
        raise WrongPassword(_("This isn't the password of this chat."))
    attempts.give_back_all(counters)


def remember(response: HttpResponse, share: Share) -> None:
    """Let this browser in until it is closed. A new password makes the cookie worthless."""
    response.set_cookie(
        COOKIE,
        _proof(share),
        path=reverse("shared", args=[share.token]),
        secure=settings.BEHIND_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _proof(share: Share) -> str:
    value = f"{share.pk} {share.password}"
    return salted_hmac("chatapp.sharing: opened", value, algorithm="sha256").hexdigest()
