"""A person deletes their own account."""

from django.db import transaction
from django.http import HttpRequest

from chatapp.accounts import membership
from chatapp.accounts.models import Person
from chatapp.accounts.my_account import sessions
from chatapp.audit.models import Action, Entry


def leave(request: HttpRequest, person: Person) -> bool:
    """Delete an account for whoever has it; False for the owner's, which a site can't do without.

    All of its sessions end. The owner or an admin can undo it, as any deletion.
    """
    with transaction.atomic():
        if not membership.delete(person):
            return False
        Entry.objects.record(Action.PERSON_DELETED, person, subject=person.email, request=request)
    sessions.end_others(person, "")
    return True
