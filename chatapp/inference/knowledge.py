"""What refusals and answers of a service have shown about its models, until it is forgotten.

Everything learned has an end: services raise limits and bring models back, and a fact that is
learned anew costs one refused request.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args, get_type_hints

from .catalog import TokenField

VALID_SECONDS = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Learned:
    """Hold what was learned about one model. None means nothing, so the catalogue decides.

    `sent_as` is the spelling of the id that the service knows, `replacement` the model that it
    named for a retired one, `image_delivery` the form of images that it has accepted. Limits are in
    tokens.
    """

    sent_as: str | None = None
    replacement: str | None = None
    token_field: TokenField | None = None
    max_output: int | None = None
    context_window: int | None = None
    thinking: Literal["effort", "off"] | None = None
    sampling: Literal["off"] | None = None
    vision: Literal["off"] | None = None
    image_delivery: Literal["link", "inline"] | None = None

    @property
    def facts(self) -> dict[str, str | int]:
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


NOTHING = Learned()


@dataclass(frozen=True, slots=True)
class Fact:
    """Hold one thing that was learned: a field of Learned. `until` is Unix time."""

    model: str
    name: str
    value: str | int
    until: float


def make_fact(model: str, name: str, value: object, until: float) -> Fact | None:
    """Return a fact that was stored, None for one that this version can't use."""
    if name in _TEXTS and isinstance(value, str) and value:
        return Fact(model, name, value, until)
    if name in _CHOICES and value in _CHOICES[name] and isinstance(value, str):
        return Fact(model, name, value, until)
    if name in _COUNTS and isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return Fact(model, name, value, until)
    return None


class ModelKnowledge:
    """Keep the facts of one process, each for `seconds`.

    `on_learned` is called with each new fact, to store it, and `on_unlearned` with each that turned
    out to be wrong, to delete it.
    """

    def __init__(
        self,
        on_learned: Callable[[Fact], None] | None = None,
        clock: Callable[[], float] = time.time,
        seconds: float = VALID_SECONDS,
        on_unlearned: Callable[[Fact], None] | None = None,
    ) -> None:
        self._on_learned = on_learned
        self._on_unlearned = on_unlearned
        self._clock = clock
        self._seconds = seconds
        self._facts: dict[str, dict[str, Fact]] = {}

    def of(self, model: str) -> Learned:
        """Return what is known about a model now."""
        known = self._facts.get(model)
        if not known:
            return NOTHING
        now = self._clock()
        values: dict[str, Any] = {f.name: f.value for f in known.values() if f.until > now}
        return replace(NOTHING, **values)

    def learn(self, model: str, learned: Learned) -> None:
        known = self.of(model).facts
        until = self._clock() + self._seconds
        for name, value in learned.facts.items():
            if known.get(name) != value:
                fact = Fact(model, name, value, until)
                self._facts.setdefault(model, {})[name] = fact
                if self._on_learned:
                    self._on_learned(fact)

    def unlearn(self, model: str, name: str) -> bool:
        """Drop a fact that a refusal has shown to be wrong; False when it isn't known."""
        fact = self._facts.get(model, {}).pop(name, None)
        if fact and self._on_unlearned:
            self._on_unlearned(fact)
        return fact is not None

    def replace_all(self, facts: Iterable[Fact]) -> None:
        """Know these facts and no others."""
        self._facts = {}
        for fact in facts:
            self._facts.setdefault(fact.model, {})[fact.name] = fact


_COUNTS = {"max_output", "context_window"}
_TEXTS = {"sent_as", "replacement"}
_HINTS = get_type_hints(Learned)
_CHOICES: dict[str, tuple[object, ...]] = {
    name: tuple(choice for part in get_args(_HINTS[name]) for choice in get_args(part))
    for name in _HINTS.keys() - _COUNTS - _TEXTS
}
