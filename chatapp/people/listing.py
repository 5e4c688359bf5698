"""The list of people: found by name and email, in pages, with what each has used.

Its number of queries is the same for any number of people. Names are compared here rather than in
the database, because SQLite knows upper and lower case only of English.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone

from chatapp.accounts.last_seen import NOTED_EVERY
from chatapp.accounts.models import Person
from chatapp.images.models import Image
from chatapp.server.folding import fold
from chatapp.spending import kept_sums
from chatapp.spending.cap_rows import caps_in_words
from chatapp.spending.caps import own_limits
from chatapp.spending.days import Month
from chatapp.spending.dollars import shown as shown_dollars
from chatapp.spending.sums import by_person

PEOPLE_PER_PAGE = 50
HERE = NOTED_EVERY + timedelta(minutes=1)  # how old the note of somebody who is here may be


@dataclass(frozen=True, slots=True)
class Row:
    """A person and what they have used. Money is in micro-dollars."""

    person: Person
    image_bytes: int
    month_cost: int

    @property
    def month_dollars(self) -> str:
        return shown_dollars(self.month_cost)

    @property
    def caps(self) -> str:
        """Return the smallest caps that hold for the person in words, empty for none."""
        limits = own_limits(self.person, timezone.now())
        return caps_in_words({limit.period: limit.cap for limit in limits})

    @property
    def is_here(self) -> bool:
        return self.person.is_active and self.was_just_here

    @property
    def was_just_here(self) -> bool:
        seen = self.person.last_seen_at
        return seen is not None and timezone.now() - seen < HERE


@dataclass(frozen=True, slots=True)
class PeoplePage:
    rows: list[Row]
    found: int  # people, on all pages
    number: int  # of the page, from 1
    total: int  # people

    @property
    def previous(self) -> int:
        """Return the number of the page before, 0 for none."""
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1 if self.number * PEOPLE_PER_PAGE < self.found else 0


def people_page(query: str = "", number: int = 1) -> PeoplePage:
    """Return a page of the people whose name or email contains every word of `query`.

    A page beyond the last one is the last one.
    """
    everybody = Person.objects.values_list("pk", "name", "email", "is_active")
    words = fold(query).split()
    named = [(not active, fold(f"{name} {email}"), pk) for pk, name, email, active in everybody]
    found = sorted(entry for entry in named if all(word in entry[1] for word in words))
    number = max(1, min(number, -(-len(found) // PEOPLE_PER_PAGE)))
    begin = (number - 1) * PEOPLE_PER_PAGE
    ids = [pk for _inactive, _text, pk in found[begin : begin + PEOPLE_PER_PAGE]]
    people = Person.objects.in_bulk(ids)
    shown = [people[pk] for pk in ids if pk in people]
    return PeoplePage(rows_of(shown), len(found), number, len(named))


def rows_of(people: Iterable[Person]) -> list[Row]:
    """Return the rows of these people, by as many queries however many they are."""
    people = list(people)
    ids = [person.pk for person in people]
    sizes, costs = image_bytes(ids), month_costs(ids)
    return [Row(each, sizes.get(each.pk, 0), costs.get(each.pk, 0)) for each in people]


def image_bytes(ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many bytes the images of each person take."""
    sums = Image.objects.filter(owner__in=ids).values_list("owner").annotate(Sum("byte_size"))
    return dict(sums)


def month_costs(ids: Collection[UUID]) -> dict[UUID, int]:
    """Return what the calls of each person have cost this month, in micro-dollars."""
    month = Month.current()
    with kept_sums.up_to_date():
        sums = by_person(month.first, month.end, ids)
    return {pk: each.cost for pk, each in sums.items() if pk}
