"""Who may use this site, and as what: the verbs that store it, whoever asked for it.

`people` decides who may ask, and records it. Each verb checks the row itself and returns whether it
changed anything, so calling it twice is harmless, and none ever touches the owner: there is always
one, and that person can sign in.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from chatapp.accounts import access_changes
from chatapp.accounts.models import Person
from chatapp.accounts.roles import Role
from chatapp.accounts.signals import (
    person_deactivated,
    person_deleted,
    person_restored,
    role_changed,
)

KEPT = timedelta(days=30)  # how long a deletion can be undone


@transaction.atomic
def deactivate(person: Person) -> bool:
    """Keep somebody out until they are reactivated; their sessions have ended for good."""
    active = _rows(person).filter(is_active=True)
    return _store(person, active, _ended() | {"deactivated_at": timezone.now()}, gone=True)


@transaction.atomic
def reactivate(person: Person) -> bool:
    rows = _rows(person).filter(is_active=False, deleted_at=None)
    return _store(person, rows, {"is_active": True, "deactivated_at": None})


@transaction.atomic
def delete(person: Person) -> bool:
    """Delete somebody with all that is theirs: at once for everybody, for good in 30 days."""
    now = timezone.now()
    was_active = Person.objects.filter(pk=person.pk, is_active=True).exists()
    # Whoever was deactivated before is so again if the deletion is undone.
    kept_out = When(is_active=False, deactivated_at=None, then=Value(now))
    values = {"deleted_at": now, "deactivated_at": Case(kept_out, default=F("deactivated_at"))}
    present = _rows(person).filter(deleted_at=None)
    if not _store(person, present, _ended() | values, gone=was_active):
        return False
    person_deleted.send(Person, person=person)
    return True


@transaction.atomic
def restore(person: Person) -> bool:
    """Undo a deletion; False when it is too late, or there is nothing to undo."""
    rows = _rows(person).filter(deleted_at__gt=timezone.now() - KEPT)
    is_active = Case(When(deactivated_at=None, then=Value(True)), default=Value(False))
    if not _store(person, rows, {"deleted_at": None, "is_active": is_active}):
        return False
    person_restored.send(Person, person=person)
    return True


@transaction.atomic
def set_role(person: Person, role: Role, allowed_models: Sequence[str] = ()) -> bool:
    """Give somebody another role, and a guest the models that they may use."""
    values = {"assigned_role": role, "allowed_models": list(allowed_models)}
    rows = _rows(person).filter(deleted_at=None)
    if not _store(person, rows.exclude(**values), values):
        return False
    role_changed.send(Person, person=person)
    return True


@transaction.atomic
def hand_over(owner: Person, person: Person) -> bool:
    """Make another active person the owner; the owner so far becomes an admin.

    False when either isn't what the page showed any more. Of two that race one wins: both wait for
    the row of the owner.
    """
    locked = Person.objects.select_for_update().filter(pk__in=[owner.pk, person.pk])
    rows = {each.pk: each for each in locked.order_by("pk")}
    old, new = rows.get(owner.pk), rows.get(person.pk)
    if not (old and new and old.is_owner and old.is_active) or new.is_owner or not new.is_active:
        return False
    # The database allows one owner, so the old one goes first.
    Person.objects.filter(pk=old.pk).update(is_owner=False, assigned_role=Role.ADMIN)
    Person.objects.filter(pk=new.pk).update(
        is_owner=True, assigned_role=Role.MEMBER, allowed_models=[]
    )
    for each in (owner, person):
        each.refresh_from_db()
        role_changed.send(Person, person=each)
        access_changes.note(each.pk)
    return True


def removable(now: datetime) -> QuerySet[Person]:
    """Return those whose deletion can't be undone any more, however much clocks differ."""
    return Person.objects.filter(deleted_at__lt=now - KEPT - timedelta(hours=1))


def _rows(person: Person) -> QuerySet[Person]:
    return Person.objects.filter(Q(pk=person.pk, is_owner=False))


def _ended() -> dict[str, Any]:
    """Return what keeps somebody out: a session that begins anew has another version."""
    return {"is_active": False, "session_version": F("session_version") + 1}


def _store(
    person: Person, rows: QuerySet[Person], values: dict[str, Any], *, gone: bool = False
) -> bool:
    if not rows.update(**values):
        return False
    person.refresh_from_db()
    if gone:
        person_deactivated.send(Person, person=person)
    access_changes.note(person.pk)
    return True
