"""A person deletes their own account."""

from django.db import transaction
from django.http import HttpRequest

from chatapp.accounts import membership
from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry


@transaction.atomic
def leave(request: HttpRequest, person: Person) -> bool:
    """Delete an account for whoever has it; False for the owner's, which a site can't do without.

    The owner or an admin can undo it, as any deletion.
    """
    if not membership.delete(person):
        return False
    Entry.objects.record(Action.PERSON_DELETED, person, subject=person.email, request=request)
    return True
