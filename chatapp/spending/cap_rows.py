"""The rows with caps of the page about everybody, and how far a person's own are used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext

from chatapp.accounts.models import Person
from chatapp.accounts.roles import Role
from chatapp.spending import reservations, sentences
from chatapp.spending.cap_forms import CapForm, key_of
from chatapp.spending.caps import Limit, Scope, may_set, own_limits
from chatapp.spending.dollars import shown
from chatapp.spending.models import Cap
from chatapp.spending.periods import Period
from chatapp.spending.reservations import WARNING_SHARE
from chatapp.spending.sums import Sums, total

ROLES = (Role.ADMIN, Role.MEMBER, Role.GUEST)  # whose caps can be set for each person


@dataclass(frozen=True, slots=True)
class CapRow:
    """Whose caps they are, what was spent of them this month, and the form for who may set them."""

    label: str
    form: CapForm
    is_editable: bool
    sums: Sums | None = None
    role: str = ""

    @property
    def key(self) -> str:
        return key_of(self.form.scope)

    @property
    def caps(self) -> str:
        """Return the caps in words, empty for none."""
        return caps_in_words(self.form.caps)

    @property
    def person(self) -> Person | None:
        return self.form.scope.person


@dataclass(frozen=True, slots=True)
class OwnCap:
    """How far the smallest cap of a day or a month is used. Amounts are micro-dollars."""

    limit: Limit
    used: int
    warning: str

    @property
    def near(self) -> int:
        """Return from which amount on most of it is used."""
        return int(WARNING_SHARE * self.limit.cap.amount)

    @property
    def is_of_day(self) -> bool:
        return self.limit.period == Period.DAY


def own_caps(person: Person) -> list[OwnCap]:
    """Return the caps that hold for a person. Costs one query."""
    limits = {limit.key: limit for limit in own_limits(person, timezone.now())}
    used = reservations.used_of(limits)
    return [_own(person, limit, used[key]) for key, limit in limits.items()]


def caps_in_words(caps: Mapping[str, Cap]) -> str:
    """Return caps by their periods as people read them, empty for none."""
    words = {Period.DAY: gettext("%s a day"), Period.MONTH: gettext("%s a month")}
    return ", ".join(words[each] % shown(caps[each].amount) for each in Period if each in caps)


def general_rows(viewer: Person, bound: CapForm | None = None) -> list[CapRow]:
    """Return the caps of this site and of each role."""
    scopes = [(gettext("This site"), Scope.instance())]
    scopes += [(_of_each(role), Scope.of_role(role)) for role in ROLES]
    caps = list(Cap.objects.filter(person=None))
    return [_row(viewer, label, scope, caps, bound) for label, scope in scopes]


def person_rows(
    viewer: Person, sums: Mapping[UUID | None, Sums], bound: CapForm | None = None
) -> tuple[list[CapRow], Sums]:
    """Return everybody with their usage, the most expensive first, and the sums of calls that
    nobody there has made: of people who are gone, and of commands. Costs two queries."""
    people = {person.pk: person for person in Person.objects.all()}
    caps = list(Cap.objects.filter(kind=Cap.Kind.PERSON).select_related("person"))
    shown_people = [each for each in people.values() if each.is_active or each.pk in sums]
    rows = [
        _row(
            viewer,
            person.label,
            Scope.of_person(person),
            [cap for cap in caps if cap.person_id == person.pk],
            bound,
            sums=sums.get(person.pk, Sums()),
            role=str(person.role.label),
        )
        for person in shown_people
    ]
    gone = total(each for person, each in sums.items() if person not in people)
    return sorted(rows, key=_order), gone


def _row(
    viewer: Person,
    label: str,
    scope: Scope,
    caps: Iterable[Cap],
    bound: CapForm | None,
    **more: Any,
) -> CapRow:
    own = {cap.period: cap for cap in caps if (cap.kind, cap.role) == (scope.kind, scope.role)}
    is_bound = bound is not None and key_of(bound.scope) == key_of(scope)
    form = bound if bound and is_bound else CapForm(scope, own)
    return CapRow(label, form, may_set(viewer, scope), **more)


def _order(row: CapRow) -> tuple[int, int, str]:
    sums = row.sums or Sums()
    return (-sums.cost, -sums.tokens, row.label.casefold())


def _of_each(role: Role) -> str:
    names = {
        Role.ADMIN: gettext("Each admin"),
        Role.MEMBER: gettext("Each member"),
        Role.GUEST: gettext("Each guest"),
    }
    return names[role]


def _own(person: Person, limit: Limit, used: int) -> OwnCap:
    amount = limit.cap.amount
    warning = ""
    if used >= amount:
        warning = sentences.reached(limit, person)
    elif used >= WARNING_SHARE * amount:
        warning = sentences.near(limit)
    return OwnCap(limit, used, warning)
