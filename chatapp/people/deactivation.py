"""Keep somebody out, and let them in again."""

from django.db import transaction
from django.http import HttpRequest

from chatapp.accounts import membership
from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry
from chatapp.people.authority import lock_managed


@transaction.atomic
def deactivate(actor: Person, person: Person, *, request: HttpRequest | None = None) -> bool:
    """End what the person does here, at once and everywhere. Raises NotAllowed."""
    found = lock_managed(actor, person)
    if not membership.deactivate(found):
        return False
    Entry.objects.record(Action.DEACTIVATED, actor, subject=found.email, request=request)
    return True


@transaction.atomic
def reactivate(actor: Person, person: Person, *, request: HttpRequest | None = None) -> bool:
    """Let the person sign in again; what waited for them resumes. Raises NotAllowed."""
    found = lock_managed(actor, person)
    if not membership.reactivate(found):
        return False
    Entry.objects.record(Action.REACTIVATED, actor, subject=found.email, request=request)
    return True
