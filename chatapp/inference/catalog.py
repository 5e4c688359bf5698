"""The models a person can choose from. The first one is the default."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace

# Heroku documents 8,192 for Sonnet and no context window; the window is Anthropic's figure.
DEFAULT_CONTEXT_WINDOW = 200_000
DEFAULT_MAX_OUTPUT = 8_192


@dataclass(frozen=True, slots=True)
class Model:
    """`id` travels verbatim to the service; `context_window` and `max_output` are in tokens."""

    id: str
    label: str
    vision: bool = False
    thinking: bool = False
    context_window: int = DEFAULT_CONTEXT_WINDOW
    max_output: int = DEFAULT_MAX_OUTPUT


BUILT_IN = (
    Model("claude-sonnet-4-6", "Claude Sonnet 4.6", vision=True, thinking=True),
    Model("claude-4-5-sonnet", "Claude Sonnet 4.5", vision=True, thinking=True),
)


def load_catalog(json_text: str | None = None, default_id: str = "") -> dict[str, Model]:
    """The models by id, the default first.

    `json_text` is a JSON list of objects with `id` and any other field of `Model`; what is left
    out comes from the built-in model of that id, or is guessed from the id. `default_id` puts a
    model first and adds it when the list lacks it: a key of an older plan may be good for that
    model only. Raises ValueError with a sentence for anything else.
    """
    models = _parse(json_text) if json_text and json_text.strip() else list(BUILT_IN)
    catalog = {model.id: model for model in models}
    if len(catalog) != len(models):
        raise ValueError("The model list names one id twice.")
    default_id = default_id.strip()
    if default_id:
        first = catalog.pop(default_id, None) or _known_or_guessed(default_id)
        catalog = {default_id: first} | catalog
    return catalog


def _parse(json_text: str) -> list[Model]:
    try:
        entries = json.loads(json_text)
    except ValueError as error:
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
        _check(model_id, name, value)
    return replace(_known_or_guessed(model_id), **entry)


def _check(model_id: str, name: str, value: object) -> None:
    if name in ("vision", "thinking"):
        fine, wanted = isinstance(value, bool), "true or false"
    elif name in ("context_window", "max_output"):
        fine = isinstance(value, int) and not isinstance(value, bool) and value > 0
        wanted = "a whole number of tokens above 0"
    else:
        fine, wanted = isinstance(value, str) and bool(value.strip()), "a text"
    if not fine:
        raise ValueError(f"Model {model_id}: {name} must be {wanted}.")


def _known_or_guessed(model_id: str) -> Model:
    for model in BUILT_IN:
        if model.id == model_id:
            return model
    is_claude = "claude" in model_id  # every Claude that is still offered sees pictures
    return Model(model_id, model_id, vision=is_claude, thinking=is_claude)
