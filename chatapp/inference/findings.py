"""What came out of a question: in words, and in fields of the model catalogue."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .catalog import Model, load_catalog
from .error_body import shorten
from .errors import ReplyTooLarge
from .probe import Seen

MAX_WORDS = 300  # characters of what the service said

Better = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Finding:
    """`better` holds fields of a Model by model id that fit this service."""

    question: str
    answer: str
    app: str
    better: Better = field(default_factory=dict)


def improved(models: Sequence[Model], better: Better) -> list[Model]:
    return [replace(model, **better.get(model.id, {})) for model in models]


def model_list(models: Sequence[Model]) -> str:
    """The JSON that `load_catalog` reads as these models: ids, and what is not known of them."""
    entries = []
    for model in models:
        known = asdict(load_catalog(json.dumps([{"id": model.id}]))[model.id])
        changed = {name: value for name, value in asdict(model).items() if value != known[name]}
        entries.append({"id": model.id} | changed)
    return json.dumps(entries)


def verdict(seen: Seen) -> str:
    """Whether the service took a request; "not settled" when it might another time."""
    failure = seen.failure
    if failure is None:
        return "accepted"
    words = f"{type(failure).__name__}: {shorten(failure.detail or failure.reason, MAX_WORDS)}"
    words = f"{seen.status} {words}" if seen.status else words
    if seen.accepted:
        return f"accepted, then {words}"
    settled = not (failure.retryable or isinstance(failure, ReplyTooLarge))
    return f"refused ({words})" if settled else f"not settled ({words})"
