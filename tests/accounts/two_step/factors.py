"""Second steps of the tests' people."""

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client

from chatapp.accounts.models import Person
from tests.support.people import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PERIOD = 30  # seconds
WRONG = "000001"
SIGN_IN = "/account/sign-in/"
SECOND_STEP = "/account/second-step/"
JSON = {"accept": "application/json"}


def add_app(person: Person) -> Authenticator:
    app: Authenticator = TOTP.activate(person, SECRET).instance
    return app


def add_recovery_codes(person: Person) -> list[str]:
    codes: list[str] = RecoveryCodes.activate(person).generate_codes()
    return codes


def add_passkey(person: Person, name: str = "Phone") -> Authenticator:
    """Add one that exists in name only: no device has it."""
    data = {"name": name, "credential": {}}
    return Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data=data)


def now() -> int:
    """Return the number of the present half minute."""
    return int(time.time()) // PERIOD


def code(secret: str = SECRET, steps: int = 0) -> str:
    """Return the code of now, or of some steps later."""
    return str(format_hotp_value(hotp_value(secret, now() + steps)))


def give_password(client: Client, email: str, **options: Any) -> Any:
    return client.post(SIGN_IN, {"login": email, "password": PASSWORD}, **options)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
