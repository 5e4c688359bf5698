"""Find out whether a person has signed in a moment ago."""

import time

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest

from chatapp.accounts.models import Person


def signed_in_recently(request: HttpRequest, person: Person) -> bool:
    """Return whether the last proof of who it is is as new as what counts as asked again."""
    since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    return any(record["at"] >= since for record in get_authentication_records(request, person))
