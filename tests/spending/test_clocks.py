"""Which day a call counts for, whatever the clock does."""

import time
import uuid
from datetime import datetime, timedelta

import pytest

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange
from chatapp.replies.accounting import CallUsage, CapReached, ledger
from chatapp.spending import kept_sums, reservations
from chatapp.spending import ledger as implementation
from chatapp.spending.models import Budget
from tests.spending.conftest import DOLLAR, IN, OUT, set_own
from tests.spending.test_reservations import NOW, WORST, new

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_service")]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Return the time that calls begin at, to be changed."""
    at = [NOW]

    def now() -> datetime:
        return at[0]

    monkeypatch.setattr(implementation.timezone, "now", now)
    return at


def test_a_new_day_begins_with_nothing_used(
    running: Exchange, owner: Person, clock: list[datetime]
) -> None:
    set_own(owner, WORST)
    ledger().begin(new(running))
    with pytest.raises(CapReached):
        ledger().begin(new(running, max_tokens=1_024))

    clock[0] += timedelta(hours=12)

    ledger().begin(new(running))


def test_a_clock_that_goes_back_gives_nothing_twice(
    running: Exchange, owner: Person, clock: list[datetime]
) -> None:
    set_own(owner, WORST)
    first = ledger().begin(new(running))
    clock[0] += timedelta(hours=13)
    second = ledger().begin(new(running))
    clock[0] -= timedelta(hours=13)

    with pytest.raises(CapReached):
        ledger().begin(new(running, max_tokens=1_024))
    ledger().settle([(second, CallUsage(100, 10)), (first, CallUsage(200, 20))])

    assert days_of(owner) == {
        "2026-11-30": 200 * IN + 20 * OUT,
        "2026-12-01": 100 * IN + 10 * OUT,
    }


def test_a_call_over_midnight_counts_for_the_day_of_its_beginning(
    running: Exchange, owner: Person, clock: list[datetime]
) -> None:
    set_own(owner, DOLLAR)
    call = ledger().begin(new(running))
    clock[0] += timedelta(hours=13)

    ledger().settle([(call, CallUsage(100, 10))])

    assert days_of(owner) == {"2026-11-30": 450}


def days_of(person: Person) -> dict[str, int]:
    """Return what the kept budgets of a person's days hold."""
    kept_sums.update()
    days = Budget.objects.filter(key__startswith=f"{person.pk.hex}:day:")
    return {budget.key.rpartition(":")[2]: budget.used for budget in days}


def test_a_budget_of_a_day_is_removed_once_nothing_can_change_it(owner: Person) -> None:
    Budget.objects.create(key=str(uuid.uuid4()), created=0)
    Budget.objects.create(key="new", created=int(time.time()))

    reservations.remove_old()

    assert [budget.key for budget in Budget.objects.all()] == ["new"]
