"""Delete somebody with all that is theirs, and undo that for 30 days; `removal` does the rest."""

import math
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest

from chatapp.accounts import membership
from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry
from chatapp.people.authority import lock_managed


@transaction.atomic
def delete(actor: Person, person: Person, *, request: HttpRequest | None = None) -> bool:
    """Take somebody and their things away at once. Raises NotAllowed."""
    found = lock_managed(actor, person)
    if not membership.delete(found):
        return False
    Entry.objects.record(Action.PERSON_DELETED, actor, subject=found.email, request=request)
    return True


@transaction.atomic
def restore(actor: Person, person: Person, *, request: HttpRequest | None = None) -> bool:
    """Bring somebody back as they were, deactivated or not. Raises NotAllowed."""
    found = lock_managed(actor, person)
    if not membership.restore(found):
        return False
    Entry.objects.record(Action.PERSON_RESTORED, actor, subject=found.email, request=request)
    return True


def days_left(person: Person, now: datetime) -> int:
    """Return for how many days, the last one included, a deletion can be undone; 0 if it can't."""
    if person.deleted_at is None:
        return 0
    left = (person.deleted_at + membership.KEPT - now) / timedelta(days=1)
    return max(0, math.ceil(left))
