"""What ledger and caps cost a send: one statement before the call, and one at its end."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange
from chatapp.replies.accounting import CallUsage, CapReached, ledger
from chatapp.spending import caps, kept_sums, memory
from chatapp.spending.caps import Scope, set_cap
from chatapp.spending.models import ModelCall
from chatapp.spending.periods import Period
from tests.spending.conftest import DOLLAR, IN, OUT, set_own, used
from tests.spending.test_reservations import LEAST, WORST, new, request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_service")]


def statements(exchange: Exchange, *, settles: bool = True) -> list[str]:
    """Return the first words of what a send asks of the database."""
    with CaptureQueriesContext(connection) as queries:
        ledger().check(lambda: exchange.conversation.owner, "claude-sonnet-4-6", "Hello")
        call = ledger().begin(new(exchange))
        if settles:
            ledger().settle([(call, CallUsage(100, 10))])
    found = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    # On Postgres the locks come first, in the same message.
    return ["INSERT" if "INSERT INTO" in each else each.split()[0] for each in found]


def test_without_caps(running: Exchange) -> None:
    caps.refresh()
    for _send in range(2):
        assert statements(running) == ["INSERT", "UPDATE"]


def test_with_four_caps(running: Exchange, owner: Person) -> None:
    """A process that knows nothing of what is used looks first."""
    for period in Period:
        for scope in (Scope.instance(), Scope.of_person(owner)):
            set_cap(scope, period, 9 * DOLLAR, owner)
    caps.refresh()

    assert statements(running) == ["SELECT", "INSERT", "UPDATE"]
    for _send in range(3):
        assert statements(running) == ["INSERT", "UPDATE"]


def test_once_most_of_a_cap_is_used_a_send_looks_first(running: Exchange, owner: Person) -> None:
    set_own(owner, DOLLAR)
    call = ledger().begin(new(running, max_tokens=60_000))
    ledger().settle([(call, CallUsage(0, 54_000))])
    assert "cap_near" in ledger().begin(new(running, max_tokens=1_024)).notices

    assert statements(running, settles=False) == ["SELECT", "INSERT"]


def test_a_process_that_knows_of_no_cap_learns_of_it_from_the_call(
    running: Exchange, owner: Person
) -> None:
    caps.refresh()
    set_cap(Scope.own(owner), Period.DAY, 0, owner)
    assert not caps.known()

    with pytest.raises(CapReached):
        ledger().begin(new(running))


@pytest.mark.parametrize("amount", [None, 9 * DOLLAR])
def test_a_cap_that_another_process_raised_holds_no_longer(
    running: Exchange, owner: Person, amount: int | None
) -> None:
    set_own(owner, 0)
    with pytest.raises(CapReached):
        ledger().begin(new(running))
    set_cap(Scope.own(owner), Period.DAY, amount, owner)
    assert caps.known()[0].amount == 0

    assert ledger().begin(new(running)).request == request()


def test_a_cap_that_another_process_lowered_holds(running: Exchange, owner: Person) -> None:
    set_own(owner, 9 * DOLLAR)
    ledger().begin(new(running))
    set_cap(Scope.own(owner), Period.DAY, WORST + LEAST - 1, owner)

    with pytest.raises(CapReached):
        ledger().begin(new(running))


def test_a_check_forgets_what_it_knew_once_a_cap_changes(running: Exchange, owner: Person) -> None:
    set_own(owner, 9 * DOLLAR)
    statements(running)
    (limit,) = caps.limits_of(owner, ModelCall.objects.get().begun_at).values()
    assert memory.is_low(limit)

    set_own(owner, 0)

    assert not memory.is_low(limit)
    with pytest.raises(CapReached):
        ledger().check(lambda: owner, "claude-sonnet-4-6", "Hello")


def test_calls_that_are_summed_count_as_before(running: Exchange, owner: Person) -> None:
    set_own(owner, DOLLAR)
    ended, unpriced = ledger().begin(new(running)), ledger().begin(new(running, model="nova-lite"))
    runs = ledger().begin(new(running))
    ledger().settle([(ended, CallUsage(100, 10)), (unpriced, CallUsage(100, 10))])
    before = used(owner)

    kept_sums.update()

    assert used(owner) == before
    assert ModelCall.objects.filter(unsummed=None).count() == 2
    ledger().settle([(runs, CallUsage())])
    kept_sums.update()
    assert list(used(owner).values()) == [100 * IN + 10 * OUT + 100 * 5 + 10 * 25]
    assert not ModelCall.objects.filter(unsummed=1).exists()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite for its plan")
def test_only_the_calls_that_are_not_summed_are_read(running: Exchange, owner: Person) -> None:
    set_own(owner, DOLLAR)
    kept_sums.update()
    for work in (lambda: used(owner), kept_sums.update):
        with CaptureQueriesContext(connection) as queries:
            work()
        found = [each["sql"] for each in queries if each["sql"].startswith("SELECT")]
        (asked,) = [each for each in found if "unsummed" in each]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {asked}")
            plan = " ".join(row[-1] for row in cursor.fetchall())
        assert "spending_modelcall USING INDEX unsummed_calls" in plan
