"""Record sign-ins in the audit log, also those that fail, but not each guess."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from chatapp.accounts.attempts import Limit
from chatapp.accounts.guesses import HOUR, TEN_MINUTES
from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry
from chatapp.server.client_address import client_address

# Guesses of one account from one address are one row, and all guesses together a few hundred.
FAILURES = Limit("recorded sign-in failures", 1, TEN_MINUTES)
ALL_FAILURES = Limit("all recorded sign-in failures", 300, HOUR)
# The names of allauth's methods, as the log has them.
METHODS = {"socialaccount": "single_sign_on"}


@receiver(user_logged_in)
def record_sign_in(request: HttpRequest, user: Person, **_signal: Any) -> None:
    """Record a sign-in with every method that it took, such as a password and a code."""
    records = get_authentication_records(request, user)
    named = [record.get("type") or record["method"] for record in records]
    methods = [METHODS.get(name, name) for name in dict.fromkeys(named)]
    Entry.objects.record(Action.SIGNED_IN, user, request=request, methods=methods)


def record_failure(request: HttpRequest, email: str, method: str, **details: Any) -> None:
    """Record that nobody was signed in, at most once in ten minutes for an account and an address.

    The email of no account isn't kept: people sometimes type a password into its field.
    """
    email = Person.objects.normalize_email(email)
    known = email if email and Person.objects.filter(email=email).exists() else ""
    if not FAILURES.of(known, client_address(request).network).take():
        return
    if ALL_FAILURES.of().take():
        Entry.objects.record(
            Action.SIGN_IN_FAILED, subject=known, request=request, method=method, **details
        )
