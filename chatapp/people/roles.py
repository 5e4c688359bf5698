"""Change what somebody may do."""

from collections.abc import Collection

from django.db import transaction
from django.http import HttpRequest

from chatapp.accounts import membership
from chatapp.accounts.models import Person
from chatapp.accounts.permissions import assignable_roles
from chatapp.accounts.roles import Role
from chatapp.audit.models import Action, Entry
from chatapp.people.authority import NotAllowed, lock_managed
from chatapp.retirement import offers


@transaction.atomic
def change_role(
    actor: Person,
    person: Person,
    role: Role,
    models: Collection[str] = (),
    *,
    request: HttpRequest | None = None,
) -> bool:
    """Give somebody a role, and a guest the models on offer among `models`.

    Raises NotAllowed.
    """
    found = lock_managed(actor, person)
    if role not in assignable_roles(actor):
        raise NotAllowed
    before = found.role
    named = [each for each in offers.offered() if each in models] if role == Role.GUEST else []
    if not membership.set_role(found, role, named):
        return False
    Entry.objects.record(
        Action.ROLE_CHANGED,
        actor,
        subject=found.email,
        request=request,
        before=before,
        role=role,
        models=named,
    )
    return True
