"""Limit guesses of passwords and codes, without keeping a person out for what strangers do."""

import logging
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from chatapp.accounts import attempts, hashing
from chatapp.accounts.attempts import Counter, Limit
from chatapp.accounts.known_browser import known_browser
from chatapp.accounts.models import Person
from chatapp.server.client_address import client_address

TEN_MINUTES, HOUR = timedelta(minutes=10), timedelta(hours=1)

# For browsers that the person hasn't signed in with before.
FROM_ADDRESS = Limit("sign-in from an address", 100, TEN_MINUTES)
TO_ACCOUNT_FROM_ADDRESS = Limit("sign-in to an account from an address", 10, TEN_MINUTES)
TO_ACCOUNT = Limit("sign-in to an account", 60, HOUR)
# Each browser that the person has signed in with before has only this count.
KNOWN_BROWSER = Limit("sign-in from a known browser", 20, TEN_MINUTES)
# Of a session: whoever sits at an open page must not guess the password.
CURRENT_PASSWORD = Limit("current password", 10, TEN_MINUTES)
SETUP_CODE = Limit("setup code", 10, TEN_MINUTES)
# Each one asks the provider, and is stored in a session.
SINGLE_SIGN_ON = Limit("single sign-on from an address", 100, TEN_MINUTES)
# Of the second step. Whoever guesses has the password, so no stranger keeps a person out, and a
# known browser has no count of its own: a link for a new password would make one known. A day's
# guesses find one of the three codes that are valid at a time with a chance of 1 in 3,000.
CODE_FROM_ADDRESS = Limit("codes from an address", 100, TEN_MINUTES)
CODE_TO_ACCOUNT = Limit("codes to an account", 10, TEN_MINUTES)
CODE_TO_ACCOUNT_IN_A_DAY = Limit("codes to an account in a day", 100, timedelta(days=1))
# A passkey can't be guessed; checking one costs a signature.
PASSKEY_FROM_ADDRESS = Limit("passkeys from an address", 100, TEN_MINUTES)
# Further requests find the earlier emails in the mailbox; their links still work.
RESET_EMAILS = Limit("password reset emails", 5, HOUR)

logger = logging.getLogger(__name__)


def is_known(request: HttpRequest, email: str) -> bool:
    """Return whether the person with this email has signed in with this browser before."""
    browser = known_browser(request)
    if browser is None:
        return False
    email = Person.objects.normalize_email(email)
    return Person.objects.filter(email=email, pk__in=browser.people).exists()


def sign_in(request: HttpRequest, email: str, *, is_known: bool) -> list[Counter]:
    """Return the counters of a sign-in to an account, whether it exists or not."""
    email = Person.objects.normalize_email(email)
    browser = known_browser(request)
    if browser and is_known:
        return [KNOWN_BROWSER.of(browser.id, email)]
    address = client_address(request).network
    return [
        FROM_ADDRESS.of(address),
        TO_ACCOUNT_FROM_ADDRESS.of(email, address),
        TO_ACCOUNT.of(email),
    ]


def check_current_password(request: HttpRequest, person: Person, password: str) -> bool | None:
    """Return whether the password is right, None after too many wrong ones in this session."""
    counter = CURRENT_PASSWORD.of(str(person.pk), request.session.session_key or "")
    if not counter.take():
        return None
    try:
        with hashing.slot(is_known=True):
            is_right = person.check_password(password)
    except ValidationError:  # it wasn't checked
        counter.give_back()
        raise
    if is_right:
        counter.give_back()
    return is_right


def codes(request: HttpRequest, person: Person) -> list[Counter]:
    """Return the counters of a code for the second step."""
    return [
        CODE_FROM_ADDRESS.of(client_address(request).network),
        CODE_TO_ACCOUNT.of(str(person.pk)),
        CODE_TO_ACCOUNT_IN_A_DAY.of(str(person.pk)),
    ]


def passkeys(request: HttpRequest) -> list[Counter]:
    """Return the counter of passkeys."""
    return [PASSKEY_FROM_ADDRESS.of(client_address(request).network)]


def take_setup_code(request: HttpRequest) -> Counter | None:
    """Count a setup code; None, which refuses it, after too many from this address."""
    counter = SETUP_CODE.of(client_address(request).network)
    return counter if counter.take() else None


def take_single_sign_on(request: HttpRequest) -> bool:
    return SINGLE_SIGN_ON.of(client_address(request).network).take()


def take_reset_email(person: Person) -> bool:
    return RESET_EMAILS.of(str(person.pk)).take()


def remove_ended() -> None:
    """Delete counts that don't matter any more."""
    attempts.AttemptCount.objects.remove_ended()


def log_wrong_setup_code(request: HttpRequest) -> None:
    logger.warning("A wrong setup code came from %s", client_address(request).address)
