"""Check the codes of authenticator apps, and recovery codes.

allauth would count guesses and remember used codes in Django's cache, which each process has for
itself. Here both are counted in the database, which all processes share.
"""

from datetime import timedelta

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from chatapp.accounts import attempts, guesses
from chatapp.accounts.attempts import Limit
from chatapp.accounts.models import Person
from chatapp.server.encryption import Unreadable

# A code may be used once. With the codes before and after it, it is valid for a minute and a half.
USED_CODE = Limit("used code", 1, timedelta(minutes=2))
WITH_CODES = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


def check(request: HttpRequest, person: Person, code: str) -> Authenticator:
    """Return what the code belongs to. Raise ValidationError for a wrong or a used one."""
    counters = guesses.codes(request, person)
    _count(counters)
    factors = Authenticator.objects.filter(user=person, type__in=WITH_CODES)
    try:
        # "totp" after "recovery_codes": the answer about a used code comes last.
        found = next((one for one in factors.order_by("type") if _accepts(one, person, code)), None)
    except Unreadable as error:
        raise ValidationError(
            _("Codes can't be checked, because the site's secret key changed. Ask its owner.")
        ) from error
    if found is None:
        raise get_adapter().validation_error("incorrect_code")
    attempts.give_back_all(counters)
    found.user = person
    return found


def check_first(request: HttpRequest, person: Person, secret: str, code: str) -> None:
    """Check the code with which a person sets up an app. Raise ValidationError."""
    counters = guesses.codes(request, person)
    _count(counters)
    if not _is_code_of(person, secret, code):
        raise get_adapter().validation_error("incorrect_code")
    attempts.give_back_all(counters)


def _count(counters: list[attempts.Counter]) -> None:
    if not attempts.take_all(counters):
        raise ValidationError(_("Too many wrong codes. Wait ten minutes and try again."))


def _accepts(factor: Authenticator, person: Person, code: str) -> bool:
    if factor.type == Authenticator.Type.RECOVERY_CODES:
        return bool(RecoveryCodes(factor).validate_code(code))
    secret = get_adapter().decrypt(factor.data["secret"])
    return _is_code_of(person, secret, code)


def _is_code_of(person: Person, secret: str, code: str) -> bool:
    """Return whether the code is one of now, and mark it as used.

    Of two requests with the same code, also in different processes, one wins.
    """
    for step in totp.yield_hotp_counters_from_time():
        expected = totp.format_hotp_value(totp.hotp_value(secret, step))
        if compare_user_code(actual=code, expected=expected):
            if USED_CODE.of(str(person.pk), secret, str(step)).take():
                return True
            raise ValidationError(_("This code was already used. Wait for the next one."))
    return False
