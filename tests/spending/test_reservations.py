"""What a call can cost is reserved before it, within all caps, and given back after it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chatapp.accounts.models import Person
from chatapp.accounts.roles import Role
from chatapp.conversations.models import Conversation, Exchange
from chatapp.inference import ChatMessage, CompletionRequest, Service
from chatapp.replies.accounting import CallUsage, CapReached, NewCall, ledger
from chatapp.spending import caps
from chatapp.spending.caps import Scope, set_cap
from chatapp.spending.estimates import WorstCase
from chatapp.spending.models import ModelCall
from chatapp.spending.periods import Period
from tests.spending.conftest import DOLLAR, IN, OUT, set_own, used

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_service")]

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def request(max_tokens: int = 8_192, model: str = "claude-sonnet-4-6", **fields: Any) -> Any:
    message = ChatMessage.from_text("user", "What is a heron?")
    return CompletionRequest(model, (message,), max_tokens, **fields)


def new(exchange: Exchange, **fields: Any) -> NewCall:
    return NewCall("reply", request(**fields), conversation=exchange.conversation)


WORST = WorstCase.of(request(), NOW).cost
LEAST = WorstCase.of(request(), NOW).least_cost


def test_the_worst_case_is_reserved_and_the_rest_given_back(
    running: Exchange, owner: Person
) -> None:
    set_own(owner, DOLLAR)
    call = ledger().begin(new(running))
    key = f"{owner.pk.hex}:day"
    assert used(owner) == {key: WORST}

    ledger().settle([(call, CallUsage(100, 10))])

    assert used(owner) == {key: 100 * IN + 10 * OUT}


def test_a_call_before_the_first_cap_counts(running: Exchange, owner: Person) -> None:
    before, other = ledger().begin(new(running)), ledger().begin(new(running))
    ledger().settle([(before, CallUsage(1000, 100))])
    set_own(owner, DOLLAR)

    ledger().begin(new(running))

    assert used(owner) == {f"{owner.pk.hex}:day": 1000 * IN + 100 * OUT + 2 * WORST}
    ledger().settle([(other, CallUsage())])
    assert used(owner) == {f"{owner.pk.hex}:day": 1000 * IN + 100 * OUT + WORST}


def test_what_an_admin_spends_counts_once_they_are_a_member_again(
    owner: Person, member: Person
) -> None:
    set_cap(Scope.of_role(member.role), Period.DAY, DOLLAR, owner)
    caps.refresh()
    asked = NewCall("reply", request(), conversation=Conversation(owner=member))
    ledger().begin(asked)
    member.assigned_role = Role.ADMIN
    call = ledger().begin(asked)
    member.assigned_role = Role.MEMBER
    assert used(member) == {f"{member.pk.hex}:day": 2 * WORST}

    ledger().settle([(call, CallUsage(100, 10))])

    assert used(member) == {f"{member.pk.hex}:day": WORST + 100 * IN + 10 * OUT}


def test_an_answer_is_shortened_to_what_is_left(running: Exchange, owner: Person) -> None:
    left = LEAST + 100 * OUT
    set_own(owner, left)

    call = ledger().begin(new(running))

    tokens = call.request.max_tokens
    assert 1_024 <= tokens <= 1_024 + 100
    assert call.notices["cap_limited"] == tokens
    assert used(owner) == {f"{owner.pk.hex}:day": left}
    assert ModelCall.objects.get().reserved == left


def test_thinking_is_dropped_before_the_answer(running: Exchange, owner: Person) -> None:
    set_own(owner, LEAST + 2_000 * OUT)
    short = ledger().begin(new(running, thinking_budget=2_048))
    assert short.request.thinking_budget is None

    set_own(owner, 2 * LEAST + 6_000 * OUT)
    longer = ledger().begin(new(running, thinking_budget=2_048))
    assert longer.request.thinking_budget == 2_048
    assert longer.request.max_tokens >= 1_024


def test_what_leaves_no_useful_answer_is_refused(running: Exchange, owner: Person) -> None:
    set_own(owner, LEAST - 1)

    with pytest.raises(CapReached):
        ledger().begin(new(running))

    assert not ModelCall.objects.exists()
    assert set(used(owner).values()) == {0}


def test_a_short_call_needs_only_what_it_asks_for(running: Exchange, owner: Person) -> None:
    set_own(owner, LEAST // 2)

    assert ledger().begin(new(running, max_tokens=40)).request.max_tokens == 40


@pytest.mark.parametrize("tight", ["own", "person", "role", "instance"])
def test_the_smallest_of_all_caps_refuses(running: Exchange, owner: Person, tight: str) -> None:
    scopes = {
        "own": Scope.own(owner),
        "person": Scope.of_person(owner),
        "role": Scope.of_role(owner.role),
        "instance": Scope.instance(),
    }
    for scope in scopes.values():
        for period in Period:
            set_cap(scope, period, DOLLAR, owner)
    set_cap(scopes[tight], Period.MONTH, LEAST - 1, owner)
    caps.refresh()

    with pytest.raises(CapReached):
        ledger().begin(new(running))
    with pytest.raises(CapReached):
        ledger().check(lambda: owner, "claude-sonnet-4-6", "word " * 200)


def test_a_call_of_nobody_counts_towards_the_site_only(owner: Person) -> None:
    set_cap(Scope.instance(), Period.DAY, DOLLAR, owner)
    set_own(owner, DOLLAR)

    ledger().begin(NewCall("diagnostics", request()))

    assert used(None) == {"site:day": WORST}


def test_an_unknown_price_counts_as_the_dearest(running: Exchange, owner: Person) -> None:
    """Otherwise a model without a price would have no cap."""
    set_own(owner, DOLLAR)
    call = ledger().begin(new(running, model="nova-lite"))
    assert used(owner)[f"{owner.pk.hex}:day"] == WorstCase.of(request(model="nova-lite"), NOW).cost

    ledger().settle([(call, CallUsage(1000, 100))])

    assert used(owner) == {f"{owner.pk.hex}:day": 1000 * 5 + 100 * 25}
    assert ModelCall.objects.get().cost is None


def test_a_free_model_has_no_cap(running: Exchange, owner: Person, settings: Any) -> None:
    settings.SERVICE = Service("demo", "http://127.0.0.1:1")
    set_own(owner, 0)

    ledger().check(lambda: owner, "claude-sonnet-4-6", "Hello")
    assert ledger().begin(new(running)).request == request()


def test_most_of_a_cap_is_announced_once(running: Exchange, owner: Person) -> None:
    set_own(owner, DOLLAR)
    call = ledger().begin(new(running))
    assert "cap_near" not in call.notices
    ledger().settle([(call, CallUsage(0, 54_000))])

    near = ledger().begin(new(running)).notices["cap_near"]
    assert near.startswith("Most of the cap of $1.00 that you set for today is used up.")
    assert "cap_near" not in ledger().begin(new(running)).notices


def test_a_member_is_not_told_about_the_site(
    running: Exchange, owner: Person, member: Person
) -> None:
    theirs = Conversation.objects.create(owner=member, model="claude-sonnet-4-6")
    set_cap(Scope.instance(), Period.DAY, DOLLAR, owner)
    caps.refresh()
    call = ledger().begin(new(running))
    ledger().settle([(call, CallUsage(0, 54_000))])

    asked = NewCall("reply", request(1_024), conversation=theirs)
    assert "cap_near" not in ledger().begin(asked).notices
    assert "this site's cap" in ledger().begin(new(running)).notices["cap_near"]
