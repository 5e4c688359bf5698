"""Links to choose a new password, which the owner hands over."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from chatapp.accounts.models import Person


def password_link(person: Person) -> str:
    """Return the path of a link that works once, for PASSWORD_RESET_TIMEOUT seconds from now."""
    key = default_token_generator.make_token(person)
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(person), key])
