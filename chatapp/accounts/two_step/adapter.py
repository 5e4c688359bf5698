"""Adapt allauth's second step to this app."""

from typing import Any, ClassVar

from allauth.account.utils import user_pk_to_url_str
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatapp.accounts.models import Person
from chatapp.accounts.two_step.state import state_of
from chatapp.server.encryption import SecretBox

_secrets = SecretBox(b"chatapp.accounts: second step of signing in")


class TwoStepAdapter(DefaultMFAAdapter):
    error_messages: ClassVar[dict[str, Any]] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This code is not correct."),
        "cannot_delete_authenticator": gettext_lazy(
            "This site requires two-step sign-in for your role. Add another way first."
        ),
        "cannot_generate_recovery_codes": gettext_lazy(
            "Recovery codes need an authenticator app or a passkey. Set up one of them first."
        ),
    }

    def encrypt(self, text: str) -> str:
        return _secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret. Raise Unreadable after SECRET_KEY has changed."""
        return _secrets.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return state_of(authenticator.user).may_remove_one

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey %(number)s") % {"number": count + 1} if count else _("Passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name the site. Passkeys belong to the host name at which they were made."""
        host = context.request.get_host().partition(":")[0]
        return {"id": host, "name": settings.SITE_NAME}

    def get_public_key_credential_user_entity(self, user: Person) -> dict[str, Any]:
        return {
            "id": user_pk_to_url_str(user).encode(),
            "display_name": user.label,
            "name": user.email,
        }
