"""When models end and what takes their place, as far as the service's list can be believed.

A list is only believed where it makes sense: nonsense never takes a model away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from chatapp.inference.listing import ListedModel, find_listed
from chatapp.inference.model_names import is_same_model

MAX_MODELS = 1_000  # of a list; a longer one is ignored
EARLIEST = date(2023, 1, 1)  # the service began later
MAX_AHEAD = timedelta(days=5 * 365)


def end_date(listed: Sequence[ListedModel], model_id: str, today: date) -> date | None:
    """Return the last day of a model, None where the list has none that makes sense."""
    entry = find_listed(listed, model_id)
    if entry is None or entry.ends_on is None:
        return None
    if not EARLIEST <= entry.ends_on <= today + MAX_AHEAD:
        return None
    if entry.deprecated_on and entry.deprecated_on > entry.ends_on:
        return None
    if entry.ends_on < today and not entry.is_deprecated:
        return None  # the list contradicts itself
    return entry.ends_on


def has_ended(listed: Sequence[ListedModel], model_id: str, today: date) -> bool:
    ends_on = end_date(listed, model_id, today)
    return ends_on is not None and ends_on < today


def successor(listed: Sequence[ListedModel], model_id: str, today: date) -> str | None:
    """Return the listed model that takes a model's place, None where there is none.

    A replacement that has ended too has one of its own.
    """
    passed = [model_id]
    while entry := find_listed(listed, passed[-1]):
        if entry.replacement is None:
            return None
        following = find_listed(listed, entry.replacement)
        if following is None or not following.writes_text:
            return None
        if any(is_same_model(following.id, each) for each in passed):
            return None
        if not has_ended(listed, following.id, today):
            return following.id
        passed.append(following.id)
    return None


def merged(old: Sequence[ListedModel], new: Sequence[ListedModel]) -> list[ListedModel]:
    """Return a new list with what the old one says about models that it no longer has.

    A service may drop a model from its list once it has ended.
    """
    gone = (one for one in old if one.ends_on and find_listed(new, one.id) is None)
    return [*new, *(replace(one, is_deprecated=True) for one in gone)][:MAX_MODELS]
