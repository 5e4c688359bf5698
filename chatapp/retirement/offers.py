"""The models on offer today: those of the catalogue, with others in the place of those that ended.

Each process keeps the service's list in memory, so no request waits for the database. Without a
list everything in the catalogue is on offer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from django.conf import settings

from chatapp.inference.catalog import Model, find_model, known_or_guessed
from chatapp.inference.listing import ListedModel
from chatapp.retirement import endings

NOTICE = timedelta(days=30)  # before the end of a model

_listed: Sequence[ListedModel] = ()
# The models on offer, and what they were made of.
_offered: tuple[Mapping[str, Model], Sequence[ListedModel], date, Mapping[str, Model]] | None = None


def know(listed: Sequence[ListedModel]) -> None:
    """Believe this list from now on."""
    global _listed
    _listed = tuple(listed)


def offered() -> Mapping[str, Model]:
    """Return the models that a person can choose today by id, the default first."""
    global _offered
    catalog, today = settings.CATALOG, _today()
    if _offered is None or _offered[0] is not catalog or _offered[1:3] != (_listed, today):
        _offered = (catalog, _listed, today, _make_offer(catalog, today))
    return _offered[3]


def default() -> Model:
    return next(iter(offered().values()))


def find(model_id: str) -> Model | None:
    """Return the model on offer with this id in any spelling, or the one in the place of it."""
    models = offered()
    if found := find_model(models, model_id):
        return found
    following = endings.successor(_listed, model_id, _today()) if _listed else None
    return find_model(models, following) if following else None


def current(model_id: str) -> Model:
    """Return the model on offer for a chat with this model, the default where nothing else is."""
    return find(model_id) or default()


def is_offered(model_id: str) -> bool:
    return find_model(offered(), model_id) is not None


def find_known(model_id: str) -> Model | None:
    """Return a model of the catalogue, on offer or not, or one that took the place of another."""
    return find_model(settings.CATALOG, model_id) or find_model(offered(), model_id)


def has_ended(model_id: str) -> bool:
    """Return whether a model has ended, so that another one takes its place."""
    return bool(_listed) and not is_offered(model_id) and _ended(model_id)


def ends_soon(model_id: str) -> date | None:
    """Return the last day of a model that ends within 30 days."""
    if not _listed:
        return None
    ends_on, today = endings.end_date(_listed, model_id, _today()), _today()
    return ends_on if ends_on and today <= ends_on <= today + NOTICE else None


def following(model_id: str) -> Model | None:
    """Return the model with which chats continue once this one ends, None if it's the only one."""
    successor = endings.successor(_listed, model_id, _today())
    if successor:
        return _describe(successor)
    others = (one for one in offered().values() if one is not find_model(offered(), model_id))
    return next(others, None)


def _make_offer(catalog: Mapping[str, Model], today: date) -> Mapping[str, Model]:
    """Return the catalogue without models that ended; whole if none would be left."""
    if not any(endings.has_ended(_listed, model_id, today) for model_id in catalog):
        return catalog
    made: dict[str, Model] = {}
    for model in catalog.values():
        current: Model | None = model
        if endings.has_ended(_listed, model.id, today):
            following = endings.successor(_listed, model.id, today)
            current = _describe(following) if following else None
        if current and find_model(made, current.id) is None:
            made[current.id] = current
    return made or catalog


def _describe(model_id: str) -> Model:
    """Return a model as the catalogue has it, else as far as its id tells."""
    return find_model(settings.CATALOG, model_id) or known_or_guessed(model_id)


def _ended(model_id: str) -> bool:
    return endings.has_ended(_listed, model_id, _today())


def _today() -> date:
    return datetime.now(UTC).date()
