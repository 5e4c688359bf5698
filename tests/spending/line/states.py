"""Lines with entries, for the tests of what happens to them."""

from itertools import count

from chatapp.spending.line import order, rules
from chatapp.spending.line.state import Entry, Limits, State

FEW = Limits(3, 10_000)
_numbers = count()


def entry(person: str = "ann", *, process: str = "one", at: float = 0.0, **fields: object) -> Entry:
    values = {"tokens_in": 100, "tokens_out": 50, "urgency": 0} | fields
    name = f"{person}{next(_numbers)}"
    return Entry(id=name, process=process, person=person, asked_at=at, **values)  # type: ignore[arg-type]


def line(*entries: Entry, now: float = 0.0) -> State:
    """Return a line in which these entries wait."""
    state = State.empty(60.0)
    for one in entries:
        rules.renew(state, one.process, now)
        order.arrive(state, one)
    return state


def move_on(state: State, now: float, limits: Limits = FEW) -> list[str]:
    """Let through whom the quota allows; return the ids, in their order."""
    before = set(state.running)
    rules.clean_up(state, now)
    rules.let_through(state, limits, now)
    return [one for one in state.running if one not in before]


def let_through_one_by_one(state: State) -> str:
    """Return the people in the order in which they are let through, by their first letters."""
    limits = Limits(1_000, 100_000_000)
    return "".join(one.person[0] for _, one in order.in_order(state, limits))
