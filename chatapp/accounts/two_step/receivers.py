"""Record every change of somebody's second step in the audit log."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.dispatch import Signal, receiver
from django.http import HttpRequest

from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry

CHANGES = {
    authenticator_added: "added",
    authenticator_removed: "removed",
    authenticator_reset: "renewed",
}


@receiver(list(CHANGES))
def record(
    *,
    signal: Signal,
    request: HttpRequest,
    user: Person,
    authenticator: Authenticator,
    **others: Any,
) -> None:
    Entry.objects.record(
        Action.TWO_STEP_CHANGED,
        user,
        subject=user.email,
        request=request,
        change=CHANGES[signal],
        kind=str(authenticator.type),
    )
