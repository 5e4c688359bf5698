"""What trying out a service showed, in words and in fields of the model catalogue."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .catalog import Model, load_catalog
from .error_body import shorten
from .errors import ReplyTooLarge
from .probe import Seen
from .types import Delta, ReasoningDelta, TextDelta, Usage

MAX_QUOTE = 300  # characters of a service's message

Improvements = Mapping[str, Mapping[str, Any]]  # fields of a Model by model id


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to a question about a service, what the app does about it (`behaviour`), and the
    fields of the catalogue that would fit the service better."""

    question: str
    answer: str
    behaviour: str
    improvements: Improvements = field(default_factory=dict)


def improve(models: Sequence[Model], improvements: Improvements) -> list[Model]:
    return [replace(model, **improvements.get(model.id, {})) for model in models]


def model_list(models: Sequence[Model]) -> str:
    """Return the JSON that `load_catalog` reads as these models, without what it knows already."""
    entries = []
    for model in models:
        known = asdict(load_catalog(json.dumps([{"id": model.id}]))[model.id])
        changed = {name: value for name, value in asdict(model).items() if value != known[name]}
        entries.append({"id": model.id} | changed)
    return json.dumps(entries)


def verdict(seen: Seen) -> str:
    """Return whether the service accepted a request: "not settled" if it might another time."""
    failure = seen.failure
    if failure is None:
        return "accepted"
    reason = f"{type(failure).__name__}: {shorten(failure.detail or failure.reason, MAX_QUOTE)}"
    reason = f"{seen.status} {reason}" if seen.status else reason
    if seen.accepted:
        return f"accepted, then {reason}"
    settled = not (failure.retryable or isinstance(failure, ReplyTooLarge))
    return f"refused ({reason})" if settled else f"not settled ({reason})"


class Timings:
    """How fast an answer came, and its tokens. The time starts with this object; `clock` is in
    seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._first_reasoning: float | None = None  # seconds from the start
        self._first_text: float | None = None  # seconds from the start
        self._usage: Usage | None = None

    def record(self, delta: Delta) -> None:
        match delta:
            case ReasoningDelta() if self._first_reasoning is None:
                self._first_reasoning = self._clock() - self._started
            case TextDelta() if self._first_text is None:
                self._first_text = self._clock() - self._started
            case Usage():
                self._usage = delta

    @property
    def tokens(self) -> str:
        if self._usage is None:
            return "not reported"
        return f"{self._usage.prompt_tokens:,} read, {self._usage.completion_tokens:,} written"

    @property
    def times(self) -> str:
        """Return the times up to now."""
        end = self._clock() - self._started
        known = [at for at in (self._first_reasoning, self._first_text) if at is not None]
        begin = min(known, default=end)
        parts = []
        if self._first_reasoning is not None:
            parts.append(f"first thinking after {self._first_reasoning:.2f} s")
        if self._first_text is None:
            parts.append("no text")
        else:
            parts.append(f"first text after {self._first_text:.2f} s")
        parts.append(f"end after {end:.2f} s")
        if self._usage and end > begin:
            parts.append(f"{self._usage.completion_tokens / (end - begin):.0f} tokens a second")
        return ", ".join(parts)
