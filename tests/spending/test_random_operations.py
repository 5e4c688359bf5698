"""Whatever happens to calls, caps, clocks and people: all sums are those of the ledger's rows."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation
from chatapp.inference import ChatMessage, CompletionRequest
from chatapp.people.removal import remove_piece
from chatapp.replies.accounting import Call, CallUsage, CapReached, NewCall, ledger
from chatapp.spending import caps, kept_sums, reservations
from chatapp.spending.caps import Scope, set_cap
from chatapp.spending.days import Month
from chatapp.spending.estimates import WorstCase
from chatapp.spending.ledger import settle_abandoned
from chatapp.spending.models import ChatSum, ModelCall
from chatapp.spending.periods import Period, first_day
from chatapp.spending.sums import Sums, by_person, total
from chatapp.spending.usage import Row, chats_of, usage_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("no_service"),
    pytest.mark.timeout(1_800),
]

MODELS = ("claude-sonnet-4-6", "claude-4-6-sonnet", "claude-opus-4-5", "nova-lite")
ZONES = ("UTC", "Asia/Kathmandu", "America/Los_Angeles", "Africa/Cairo")
PURPOSES = ("reply", "reply", "tool_round", "title")
AMOUNTS = (None, 0, 50_000, 200_000, 1_000_000, 10**12)  # of caps
CHATS = [UUID(int=number) for number in range(1, 31)]
# Near the end of a month, and a few hours before Cairo's clocks go back.
BEGIN = datetime(2026, 10, 29, 15, tzinfo=UTC)


class Site:
    """The people of a site, who do anything at random."""

    def __init__(self, seed: int, people: list[Person], settings: Settings) -> None:
        self.chance = random.Random(seed)
        self.people = people
        self.now = BEGIN
        self.settings = settings
        self.calls: list[Call] = []
        self.refused = 0

    def act(self) -> None:
        often: list[Callable[[], None]] = [self.begin] * 8 + [self.settle] * 6 + [self.cap] * 2
        seldom = [self.pass_time, self.sum_up, self.fail_to_sum, self.abandon, self.learn]
        rare = [self.move, self.leave]
        self.chance.choice(self.chance.choice([often] * 12 + [seldom] * 5 + [rare]))()

    def begin(self) -> None:
        person = self.chance.choice([*self.people, None])
        model = self.chance.choice(MODELS)
        message = ChatMessage.from_text("user", "heron " * self.chance.randrange(1, 900))
        request = CompletionRequest(model, (message,), self.chance.choice([40, 1_024, 8_192]))
        chat = Conversation(pk=self.chance.choice(CHATS), owner=person, model=model)
        purpose = self.chance.choice(PURPOSES)
        asked = NewCall(purpose, request, conversation=chat)
        if person is None or self.chance.random() < 0.1:
            asked = NewCall("diagnostics", request, person=person)
        before = {scope: committed(*scope) for scope in scopes(person)}
        worst = WorstCase.of(request, self.now)
        try:
            call = ledger().begin(asked)
        except CapReached:
            self.refused += 1
            assert any(before[one] + worst.least_cost > amount for one, amount in held(person))
            return
        self.calls.append(call)
        for scope, amount in held(person):
            assert before[scope] + call.row.reserved == committed(*scope) <= amount

    def settle(self) -> None:
        """Settle some calls; those of a reply that is made twice are settled twice."""
        for call in self.chance.sample(self.calls, min(3, len(self.calls))):
            used = CallUsage(
                self.chance.randrange(20_000),
                self.chance.randrange(9_000),
                is_estimated=self.chance.random() < 0.2,
                model=self.chance.choice(["", "", *MODELS]),
            )
            ledger().settle([(call, used)] * self.chance.choice([1, 1, 2]))

    def abandon(self) -> None:
        rows = list(ModelCall.objects.running()[:5])
        settle_abandoned(rows, were_sent=self.chance.random() < 0.5)

    def cap(self) -> None:
        """Set a cap, often in another process: this one isn't told."""
        owner, period = self.people[0], self.chance.choice(Period.values)
        person = self.chance.choice(self.people)
        kinds = [Scope.instance(), Scope.of_person(person), Scope.of_role(person.role)]
        set_cap(self.chance.choice(kinds), Period(period), self.chance.choice(AMOUNTS), owner)

    def learn(self) -> None:
        caps.refresh()

    def pass_time(self) -> None:
        """Let hours pass; clocks may also be set back."""
        self.now += timedelta(hours=self.chance.choice([-3, 1, 1, 5, 9, 30]))

    def sum_up(self) -> None:
        kept_sums.update()

    def fail_to_sum(self) -> None:
        """Die after a portion was added, before it is committed."""
        with transaction.atomic():
            kept_sums.update()
            transaction.set_rollback(True)

    def move(self) -> None:
        self.settings.CHAT_TIME_ZONE = self.chance.choice(ZONES)
        kept_sums.update()

    def leave(self) -> None:
        """Remove a person for good, whose calls may still run, and let another one come."""
        person = self.people.pop()
        while remove_piece(person):
            pass
        self.people.append(Person.objects.create(email=f"{self.chance.random()}@example.com"))


def scopes(person: Person | None) -> list[tuple[Person | None, Period]]:
    return [(one, period) for one in {person, None} for period in Period]


def held(person: Person | None) -> list[tuple[tuple[Person | None, Period], int]]:
    """Return the caps that hold for a person, as the database has them."""
    caps.refresh()
    limits = caps.limits_of(person, timezone.now()).values()
    return [((person if one.person_id else None, one.period), one.cap.amount) for one in limits]


def committed(person: Person | None, period: Period) -> int:
    """Add up row by row what counts in the period of now for a person, or for the site."""
    first = first_day(period, timezone.now())
    return sum(
        row.reserved if row.cost is None else row.cost
        for row in ModelCall.objects.all()
        if first_day(period, row.begun_at) == first and (person is None or row.person == person)
    )


def check_caps(people: list[Person]) -> None:
    for person in [*people, None]:
        limits = caps.limits_of(person, timezone.now())
        shown = reservations.used_of(limits)
        for key, one in limits.items():
            assert shown[key] == committed(person if one.person_id else None, one.period)


def check_pages(people: list[Person]) -> None:
    """Compare what the pages of all months show with the rows."""
    rows = list(ModelCall.objects.exclude(state="running"))
    months = {first_day(Period.MONTH, row.begun_at) for row in rows}
    for month in map(Month, months):
        of_month = [row for row in rows if first_day(Period.MONTH, row.begun_at) == month.first]
        with kept_sums.up_to_date():
            assert total(by_person(month.first, month.end).values()) == added(of_month)
            for person in [*people, None]:
                theirs = [row for row in of_month if person in (None, row.person)]
                usage = usage_of(person, month)
                chats = [chats_of(person, usage)] if person else []
                assert usage.total == added(theirs)
                for table in (usage.models, usage.purposes, *chats):
                    assert in_table(table) == usage.total
                if person:
                    sums = ChatSum.objects.filter(person=person, month=month.first)
                    assert total(map(Sums.of, sums)) == usage.total
                if not month.is_current:
                    assert total(sums for _day, sums in usage.days) == usage.total


def in_table(table: list[Row]) -> Sums:
    return total(row.sums for row in table)


def added(rows: list[ModelCall]) -> Sums:
    return Sums(
        len(rows),
        sum(row.cost or 0 for row in rows),
        sum(row.input_tokens for row in rows),
        sum(row.output_tokens for row in rows),
        sum(row.is_estimated for row in rows),
        sum(row.cost is None for row in rows),
    )


@pytest.mark.parametrize(
    ("seed", "acts"), [(1, 150), *(pytest.param(n, 1_000, marks=pytest.mark.long) for n in (2, 3))]
)
def test_all_sums_are_those_of_the_rows(
    owner: Person,
    member: Person,
    seed: int,
    acts: int,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept_sums, "AT_ONCE", 7)
    site = Site(seed, [owner, member], settings)
    monkeypatch.setattr(timezone, "now", lambda: site.now)

    for number in range(acts):
        site.act()
        check_caps(site.people)
        if number % 25 == 24:
            check_pages(site.people)

    assert site.refused
    assert any("cap_limited" in call.notices for call in site.calls)
    assert ModelCall.objects.filter(unsummed=None).exists()
