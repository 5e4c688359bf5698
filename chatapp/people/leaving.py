"""A person deletes their own account."""

from django.db import transaction
from django.http import HttpRequest

from chatapp.accounts.models import Person
from chatapp.accounts.my_account import sessions
from chatapp.audit.models import Action, Entry


def leave(request: HttpRequest, person: Person) -> bool:
    """Delete an account for whoever has it; False for the owner's, which a site can't do without.

    All of its sessions end.
    """
    with transaction.atomic():
        rows = Person.objects.filter(pk=person.pk, is_owner=False, is_active=True)
        if not rows.update(is_active=False):
            return False
        Entry.objects.record(Action.PERSON_DELETED, person, subject=person.email, request=request)
    sessions.end_others(person, "")
    return True
