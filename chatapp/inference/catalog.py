"""The models that a person can choose from. The first is the default."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal, get_args

from chatapp.server.valid_text import make_valid, make_valid_source

from .model_names import is_same_model, takes_budgets

# Heroku documents 8,192 for Sonnet and no context window; the window is Anthropic's figure.
DEFAULT_CONTEXT_WINDOW = 200_000
DEFAULT_MAX_OUTPUT = 8_192

TokenField = Literal["max_tokens", "max_completion_tokens"]
ThinkingForm = Literal["budget", "effort"]


@dataclass(frozen=True, slots=True)
class Model:
    """Describe a model. `id` is sent verbatim to the service; None means unknown.

    `context_window`, `max_output` and `cache_minimum` (the shortest system text with tools that
    the service caches) are in tokens, prices in USD per million tokens. The quotas per minute are
    those of the whole add-on, which all its models and people share. `token_field` is the field
    in which the service takes the limit of a reply. `sampling` is whether it takes temperature and
    top_p. It is asked to think with a budget of tokens, or with an effort such as "high".
    """

    id: str
    label: str
    vision: bool = False
    thinking: bool = False
    tools: bool = True
    context_window: int = DEFAULT_CONTEXT_WINDOW
    max_output: int = DEFAULT_MAX_OUTPUT
    price_in: float | None = None
    price_out: float | None = None
    cache_minimum: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    token_field: TokenField = "max_tokens"  # noqa: S105 - no secret
    sampling: bool = True
    thinking_form: ThinkingForm = "budget"


# Prices, cache minimum and quotas: Heroku's model cards and price list of 2026.
_SONNET = Model(
    "claude-sonnet-4-6",
    "Claude Sonnet 4.6",
    vision=True,
    thinking=True,
    price_in=3.0,
    price_out=15.0,
    cache_minimum=1_024,
    requests_per_minute=150,
    tokens_per_minute=800_000,
)
_HAIKU = replace(
    _SONNET,
    id="claude-4-5-haiku",
    label="Claude Haiku 4.5",
    price_in=1.0,
    price_out=5.0,
    cache_minimum=4_096,
    requests_per_minute=200,
)
BUILT_IN = (_SONNET, replace(_SONNET, id="claude-4-5-sonnet", label="Claude Sonnet 4.5"))
KNOWN = {model.id: model for model in (*BUILT_IN, _HAIKU)}


def load_catalog(json_text: str | None = None, default_id: str = "") -> dict[str, Model]:
    """Return the models by id, the default first.

    `json_text` is a JSON list of objects with `id` and any other field of `Model`; missing fields
    come from the known model of that id, or are guessed from the id. `default_id` puts a model
    first and adds it when the list lacks it: a key of an older plan may be good for that model
    only. Raises ValueError with a sentence for anything else.
    """
    models = _parse(json_text) if json_text and json_text.strip() else list(BUILT_IN)
    if len({model.id for model in models}) != len(models):
        raise ValueError("The model list has an id twice.")
    catalog: dict[str, Model] = {}
    for model in models:
        # Two spellings are one model, whose first entry counts.
        catalog.setdefault((find_model(catalog, model.id) or model).id, model)
    default_id = make_valid(default_id).strip()
    if default_id:
        same = find_model(catalog, default_id)
        first = replace(same, id=default_id) if same else known_or_guessed(default_id)
        others = {one.id: one for one in catalog.values() if one is not same}
        catalog = {default_id: first} | others
    return catalog


def find_model(catalog: Mapping[str, Model], model_id: str) -> Model | None:
    """Return the model of this id, or the one whose id is another spelling of it."""
    if model := catalog.get(model_id):
        return model
    return next((one for one in catalog.values() if is_same_model(one.id, model_id)), None)


def known_or_guessed(model_id: str) -> Model:
    """Return what is known of a model in any spelling of its id, else what the id suggests."""
    if known := find_model(KNOWN, model_id):
        return replace(known, id=model_id)
    is_claude = "claude" in model_id.lower()  # every Claude that is still offered sees images
    with_budgets = takes_budgets(model_id)
    return Model(
        model_id,
        model_id,
        vision=is_claude,
        thinking=is_claude,
        sampling=with_budgets,
        thinking_form="budget" if with_budgets else "effort",
    )


def _parse(json_text: str) -> list[Model]:
    try:
        entries = json.loads(make_valid_source(json_text))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"The model list is not JSON: {error}.") from error
    if not isinstance(entries, list) or not entries:
        raise ValueError("The model list must be a JSON list with at least one model.")
    return [_model(entry) for entry in entries]


def _model(entry: object) -> Model:
    if not isinstance(entry, dict):
        raise ValueError('Each model must be an object such as {"id": "claude-sonnet-4-6"}.')
    model_id = entry.get("id")
    if not isinstance(model_id, str) or not model_id.strip():
        raise ValueError("Each model needs an id.")
    unknown = entry.keys() - {field.name for field in fields(Model)}
    if unknown:
        raise ValueError(f"Model {model_id} has unknown fields: {', '.join(sorted(unknown))}.")
    for name, value in entry.items():
        is_valid, expected = _CHECKS[name]
        if not is_valid(value):
            raise ValueError(f"Model {model_id}: {name} must be {expected}.")
    model = replace(known_or_guessed(model_id), **entry)
    if model.max_output >= model.context_window:
        raise ValueError(
            f"Model {model_id}: max_output ({model.max_output}) must be below"
            f" context_window ({model.context_window})."
        )
    return model


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_price(value: object) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return 0 <= value < math.inf  # Python's JSON accepts NaN and Infinity
    return value is None


def _is_count_or_null(value: object) -> bool:
    return value is None or _is_count(value)


def _is_token_field(value: object) -> bool:
    return value in get_args(TokenField)


def _is_thinking_form(value: object) -> bool:
    return value in get_args(ThinkingForm)


_Check = tuple[Callable[[object], bool], str]  # and what the value must be

_TEXT: _Check = (_is_text, "a text")
_BOOL: _Check = (_is_bool, "true or false")
_COUNT: _Check = (_is_count, "a whole number above 0")
_COUNT_OR_NULL: _Check = (_is_count_or_null, "a whole number above 0, or null")
_PRICE: _Check = (_is_price, "a number of USD per million tokens, or null")

_CHECKS: dict[str, _Check] = {
    "id": _TEXT,
    "label": _TEXT,
    "vision": _BOOL,
    "thinking": _BOOL,
    "tools": _BOOL,
    "context_window": _COUNT,
    "max_output": _COUNT,
    "price_in": _PRICE,
    "price_out": _PRICE,
    "cache_minimum": _COUNT_OR_NULL,
    "requests_per_minute": _COUNT_OR_NULL,
    "tokens_per_minute": _COUNT_OR_NULL,
    "token_field": (_is_token_field, "max_tokens or max_completion_tokens"),
    "sampling": _BOOL,
    "thinking_form": (_is_thinking_form, "budget or effort"),
}
