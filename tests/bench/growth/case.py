"""Declare what must not cost more with more rows."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.in_app import signed_in

type Run = Callable[[], object]
type Prepare = Callable[[int], Run]


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    rows: int  # the smaller number
    noun: str
    prepare: Prepare


CASES: dict[str, Case] = {}


def case(name: str, rows: int, noun: str) -> Callable[[Prepare], Prepare]:
    """Register a function that adds the given number of rows and returns what to run."""

    def register(prepare: Prepare) -> Prepare:
        CASES[name] = Case(name, rows, noun, prepare)
        return prepare

    return register


def get(email: str, path: str) -> Run:
    """Return a request of a person, who is created when missing."""
    client = signed_in(email)

    def request() -> None:
        assert client.get(path).status_code == 200, path

    return request
