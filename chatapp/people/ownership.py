"""Hand the site over to somebody else. There is exactly one owner at any time."""

from django.db import transaction
from django.http import HttpRequest

from chatapp.accounts import membership
from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry


@transaction.atomic
def transfer(owner: Person, person: Person, *, request: HttpRequest | None = None) -> bool:
    """Make an active person the owner, and the owner an admin.

    False when somebody was faster: the owner isn't the owner any more, or the person can't sign in.
    """
    if owner.pk == person.pk or not membership.hand_over(owner, person):
        return False
    Entry.objects.record(Action.OWNERSHIP_TRANSFERRED, owner, subject=person.email, request=request)
    return True
