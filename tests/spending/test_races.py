"""Calls that begin at one instant: no cap is exceeded, and nobody waits for ever."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation
from chatapp.inference import ChatMessage, CompletionRequest
from chatapp.replies.accounting import Call, CallUsage, CapReached, NewCall, ledger
from chatapp.spending import caps, kept_sums
from chatapp.spending.caps import Scope, set_cap
from chatapp.spending.estimates import WorstCase
from chatapp.spending.models import Budget, ModelCall
from chatapp.spending.periods import Period
from tests.spending.calls import call, store
from tests.spending.conftest import DOLLAR, IN, OUT, used

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_service"),
    pytest.mark.timeout(120),
]

SENDS = 50
THREADS = 16
WAITING = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted"


def together[T](works: list[Callable[[], T]]) -> list[T]:
    """Run everything at once, in threads with connections of their own."""
    ready = threading.Barrier(min(THREADS, len(works)))

    def wait() -> None:
        ready.wait(30)

    with ThreadPoolExecutor(ready.parties, initializer=wait) as threads:
        return list(threads.map(closing, works))


def behind(held: QuerySet[Budget], works: list[Callable[[], None]]) -> None:
    """Lock rows, let one work after the other begin until all wait, and release the rows. SQLite
    locks no rows."""
    with ThreadPoolExecutor() as threads:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                assert held.select_for_update().get()
            done = []
            for work in works:
                done.append(threads.submit(closing, work))
                while connection.vendor == "postgresql":
                    cursor.execute(WAITING)
                    if cursor.fetchone() == (len(done),):
                        break
        for each in done:
            each.result()


def closing[T](work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        connection.close()


def asked(person: Person) -> NewCall:
    conversation = Conversation(owner=person, model="claude-sonnet-4-6")
    message = ChatMessage.from_text("user", "What is a heron?")
    request = CompletionRequest("claude-sonnet-4-6", (message,), 8_192)
    return NewCall("reply", request, conversation=conversation)


def begun(person: Person) -> Call | None:
    try:
        return ledger().begin(asked(person))
    except CapReached:
        return None


@pytest.fixture
def people(owner: Person, member: Person) -> list[Person]:
    return [owner, member, *(Person.objects.create(email=f"{n}@example.com") for n in range(3))]


def test_fifty_sends_stay_within_a_dollar(owner: Person) -> None:
    set_cap(Scope.own(owner), Period.DAY, DOLLAR, owner)
    caps.refresh()

    calls = together([lambda: begun(owner)] * SENDS)

    committed = ModelCall.objects.all().committed()
    worst = WorstCase.of(asked(owner).request, datetime.now(UTC))
    assert DOLLAR - worst.least_cost < committed <= DOLLAR
    assert list(used(owner).values()) == [committed]
    assert sum(call is not None for call in calls) == ModelCall.objects.count() < SENDS


def test_people_share_the_cap_of_the_site_without_a_deadlock(people: list[Person]) -> None:
    owner = people[0]
    for period in Period:
        set_cap(Scope.instance(), period, 3 * DOLLAR, owner)
        for person in people:
            set_cap(Scope.of_person(person), period, DOLLAR, owner)
    caps.refresh()
    chance = random.Random(7)

    def exchange(person: Person) -> None:
        call = begun(person)
        if call and chance.random() < 0.8:
            tokens = chance.randrange(2_000)
            usage = CallUsage(tokens, min(tokens, call.request.max_tokens))
            ledger().settle([(call, usage)])

    works: list[Callable[[], object]] = [
        lambda person=person: exchange(person) for person in people * 24
    ]
    together([*works[:60], kept_sums.update, *works[60:90], kept_sums.update, *works[90:]])

    total = ModelCall.objects.all().committed()
    assert 0 < total <= 3 * DOLLAR
    for person in people:
        own = ModelCall.objects.filter(person=person).committed()
        assert own <= DOLLAR
        day, month = f"{person.pk.hex}:day", f"{person.pk.hex}:month"
        assert used(person) == {day: own, month: own, "site:day": total, "site:month": total}


def test_a_call_is_settled_once_by_many(owner: Person) -> None:
    set_cap(Scope.own(owner), Period.DAY, DOLLAR, owner)
    caps.refresh()
    call = begun(owner)
    assert call

    together([lambda n=n: ledger().settle([(call, CallUsage(n, n))]) for n in range(1, 13)])

    row = ModelCall.objects.get()
    assert row.cost == row.input_tokens * (IN + OUT)
    assert list(used(owner).values()) == [row.cost]


def test_a_cap_set_while_calls_begin_and_end_counts_them_all(owner: Person) -> None:
    def exchange() -> None:
        call = begun(owner)
        if call:
            ledger().settle([(call, CallUsage(100, 10))])

    def limit() -> None:
        set_cap(Scope.own(owner), Period.DAY, 9 * DOLLAR, owner)

    together([exchange] * 20 + [limit] + [exchange] * 20)

    assert begun(owner)
    assert list(used(owner).values()) == [ModelCall.objects.all().committed()]


def test_a_warning_and_a_sum_lock_budgets_in_one_order(people: list[Person]) -> None:
    """Otherwise each waits for the other one."""
    at = datetime.now(UTC)

    def warn(keys: list[str]) -> None:
        with transaction.atomic():
            Budget.objects.warn(keys, 0)

    kept_sums.update()  # the first one ever removes all budgets
    for person in people:
        keys = caps.keys_of(person.pk, at)
        Budget.objects.all().delete()
        Budget.objects.bulk_create(Budget(key=key, created=0) for key in sorted(keys))
        store(call(person, 1, begun_at=at))

        held = Budget.objects.filter(key=sorted(keys)[1])
        behind(held, [lambda keys=keys: warn(keys), kept_sums.update])

        assert set(Budget.objects.values_list("used", "has_warned")) == {(1, True)}
