"""Caps: who may set which, which of them hold for a person, and what each process knows of them.

Each process keeps all caps in memory, so that a send without any costs no query.
"""

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import Permission, allows
from chatapp.accounts.roles import Role
from chatapp.audit.models import Action, Entry
from chatapp.realtime.relay import relay
from chatapp.spending.dollars import check_amount
from chatapp.spending.models import Cap
from chatapp.spending.periods import Period, first_day

COMMAND = "caps"
KNOWN_SECONDS = 30.0  # after which a process that nobody refreshes reads them again
SITE = "site"  # begins the keys of the instance's budgets
NEVER = datetime.min.replace(tzinfo=UTC)


class Version(NamedTuple):
    """What changes with each change of a cap: their number, their sum, and the last change."""

    number: int
    total: int
    changed_at: datetime

    @classmethod
    def of(cls, caps: Collection[Cap]) -> "Version":
        changes = (cap.changed_at for cap in caps)
        return cls(len(caps), sum(cap.amount for cap in caps), max(changes, default=NEVER))


_known: tuple[Cap, ...] = ()
_version = Version.of(_known)
_known_until = 0.0  # by the monotonic clock


class NotAllowed(Exception):
    """The person may not set this cap."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose spending a cap limits."""

    kind: Cap.Kind
    role: str = ""
    person: Person | None = None

    @classmethod
    def instance(cls) -> "Scope":
        return cls(Cap.Kind.INSTANCE)

    @classmethod
    def of_role(cls, role: Role) -> "Scope":
        """Limit each person of a role, not all of them together."""
        return cls(Cap.Kind.ROLE, role=role)

    @classmethod
    def of_person(cls, person: Person) -> "Scope":
        return cls(Cap.Kind.PERSON, person=person)

    @classmethod
    def own(cls, person: Person) -> "Scope":
        return cls(Cap.Kind.OWN, person=person)

    @property
    def columns(self) -> dict[str, Any]:
        return {"kind": self.kind, "role": self.role, "person": self.person}

    @property
    def subject(self) -> str:
        """Name the scope in the audit log."""
        return self.person.email if self.person else self.role or self.kind


class Limit(NamedTuple):
    """The smallest cap that holds for one budget; `key` names the budget."""

    key: str
    cap: Cap
    at: datetime  # an instant of the period

    @property
    def period(self) -> Period:
        return Period(self.cap.period)

    @property
    def whose(self) -> str:
        """Return the beginning of the key: a person in hexadecimal, or SITE."""
        return self.key.partition(":")[0]

    @property
    def person_id(self) -> UUID | None:
        return None if self.whose == SITE else UUID(self.whose)


def may_set(by: Person, scope: Scope) -> bool:
    """Return whether a person may set a cap: nobody their own, except for a further one that can
    only be lower than what holds anyway."""
    if scope.kind == Cap.Kind.OWN:
        return scope.person == by and by.is_active
    if not allows(by, Permission.MANAGE_PEOPLE):
        return False
    is_below = _role_of(scope) in (Role.MEMBER, Role.GUEST)
    return by.is_owner or (is_below and scope.person != by)


@transaction.atomic
def set_cap(
    scope: Scope,
    period: Period,
    amount: int | None,
    by: Person,
    request: HttpRequest | None = None,
) -> None:
    """Set a cap in micro-dollars, or remove it with None. It holds from the next call on.

    Raises NotAllowed, and InvalidAmount for an amount that no cap can have.
    """
    if not may_set(by, scope):
        raise NotAllowed
    rows = Cap.objects.filter(**scope.columns, period=period)
    before = rows.select_for_update().values_list("amount", flat=True).first()
    if amount is None:
        rows.delete()
    else:
        Cap.objects.update_or_create(
            **scope.columns,
            period=period,
            defaults={"amount": check_amount(amount), "changed_at": timezone.now()},
        )
    if amount != before:
        facts = {"kind": scope.kind, "period": str(period), "before": before, "amount": amount}
        Entry.objects.record(
            Action.CAP_CHANGED, by, subject=scope.subject, request=request, **facts
        )
    transaction.on_commit(_announce)


def cap_of(person: Person, period: Period) -> Cap | None:
    """Return the smallest cap that holds for what a person spends, without the instance's."""
    limits = own_limits(person, timezone.now())
    return next((one.cap for one in limits if one.period == period), None)


def caps_of(scope: Scope) -> dict[str, Cap]:
    """Return the caps that were set for a scope, by their periods."""
    return {cap.period: cap for cap in Cap.objects.filter(**scope.columns)}


def known() -> tuple[Cap, ...]:
    """Return all caps; reads them at most twice a minute, and otherwise costs nothing."""
    if time.monotonic() > _known_until:
        refresh()
    return _known


def version() -> Version:
    """Return which caps this process knows."""
    known()
    return _version


def refresh() -> None:
    """Read the caps. Call it in a thread."""
    global _known, _known_until, _version
    _known = tuple(Cap.objects.order_by("amount"))
    _version = Version.of(_known)
    _known_until = time.monotonic() + KNOWN_SECONDS


def forget() -> None:
    """Read the caps again before the next call."""
    global _known_until
    _known_until = 0.0


def limits_of(person: Person | None, at: datetime) -> dict[str, Limit]:
    """Return what limits a call of a person, or of nobody, by the keys of the budgets."""
    limits: dict[str, Limit] = {}
    for cap in known():  # the smallest comes first
        if not _holds_for(cap, person):
            continue
        is_site = cap.kind == Cap.Kind.INSTANCE
        key = key_of(None if is_site else _pk(person), Period(cap.period), at)
        limits.setdefault(key, Limit(key, cap, at))
    return limits


def key_of(person_id: UUID | None, period: Period, at: datetime) -> str:
    """Return the key of a budget of a person, or of the instance."""
    whose = person_id.hex if person_id else SITE
    return f"{whose}:{period.value}:{first_day(period, at).isoformat()}"


def keys_of(person_id: UUID | None, at: datetime) -> list[str]:
    """Return the keys of all budgets that a call counts towards, whether or not they exist."""
    whose: Iterable[UUID | None] = {person_id, None}
    return [key_of(one, period, at) for one in whose for period in Period]


def own_limits(person: Person, at: datetime) -> list[Limit]:
    """Return what limits a person, without the caps of the instance; the day's comes first."""
    limits = [one for one in limits_of(person, at).values() if not _is_site(one)]
    return sorted(limits, key=lambda one: one.period)


def _holds_for(cap: Cap, person: Person | None) -> bool:
    if cap.kind == Cap.Kind.INSTANCE:
        return True
    if person is None:
        return False
    return cap.role == person.role if cap.kind == Cap.Kind.ROLE else cap.person_id == person.pk


def _is_site(limit: Limit) -> bool:
    return limit.cap.kind == Cap.Kind.INSTANCE


def _role_of(scope: Scope) -> str:
    return scope.person.role if scope.person else scope.role


def _pk(person: Person | None) -> UUID | None:
    return person.pk if person else None


def _announce() -> None:
    refresh()
    relay.send_command(COMMAND)
