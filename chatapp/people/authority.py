"""Who may do something to whom, looked up at the moment at which it is done."""

from django.db import transaction
from django.http import Http404

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import manages


class NotAllowed(Http404):
    """Report that the actor may not do this to this person, who isn't found then."""


def lock_managed(actor: Person, person: Person) -> Person:
    """Lock both rows until the end of the transaction, and return the person as they are now.

    The roles of both may have changed since the request began. Raises NotAllowed.
    """
    assert transaction.get_connection().in_atomic_block
    rows = Person.objects.select_for_update().filter(pk__in=[actor.pk, person.pk]).order_by("pk")
    found = {each.pk: each for each in rows}
    if len(found) < 2 or not manages(found[actor.pk], found[person.pk]):
        raise NotAllowed
    return found[person.pk]
