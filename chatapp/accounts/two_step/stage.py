"""The stage of a sign-in that asks for the second step."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.stages import LoginStage
from allauth.core.internal.httpkit import headed_redirect_response
from allauth.mfa.internal.constants import LoginStageKey
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from chatapp.accounts.models import Person
from chatapp.accounts.two_step.requirement import SECOND_STEPS

PASSWORD = "password"  # noqa: S105 - the key of what stays the same while the password does


class SecondStepStage(LoginStage):
    """Do what allauth's own stage does, which would load its library for passkeys (fido2) at every
    sign-in.

    A new password ends a sign-in that was begun with the old one.
    """

    key = LoginStageKey.MFA_AUTHENTICATE.value
    urlname = "mfa_authenticate"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        person = self.login.user
        if not has_second_step(person) or signed_in_by_passkey(self.request, person):
            return None, True
        self.state[PASSWORD] = person.get_session_auth_hash()
        return headed_redirect_response(self.urlname), True

    def is_valid(self) -> bool:
        """Return whether the sign-in may continue."""
        person, hash_then = self.login.user, self.state.get(PASSWORD, "")
        return person.is_active and constant_time_compare(hash_then, person.get_session_auth_hash())


def has_second_step(person: Person) -> bool:
    return Authenticator.objects.filter(user=person, type__in=SECOND_STEPS).exists()


def signed_in_by_passkey(request: HttpRequest, person: Person) -> bool:
    """Return whether a passkey took the place of the password, which makes it both steps."""
    expected = {"method": "mfa", "type": str(Authenticator.Type.WEBAUTHN), "passwordless": True}
    records: list[dict[str, Any]] = get_authentication_records(request, person)
    return any(expected.items() <= record.items() for record in records)
