"""Compare the names of Claude models, which services spell in two ways.

`claude-4-6-sonnet` and `claude-sonnet-4-6` are one model; some servers write 4.6, and put a
provider in front.
"""

from __future__ import annotations

import re

VERSION = r"\d{1,2}(?:[-.]\d{1,2})?"
CLAUDE = re.compile(
    r"(?P<head>(?:.*[/.])?claude-)"
    rf"(?:(?P<first_version>{VERSION})-(?P<last_family>[a-z]+)"
    rf"|(?P<first_family>[a-z]+)-(?P<last_version>{VERSION}))"
    r"(?P<tail>(?:[-@:].*)?)",
    re.IGNORECASE,
)
# Later models refuse temperature, top_p and a fixed number of tokens for thinking.
LAST_WITH_BUDGETS = (4, 6)


def other_spelling(model_id: str) -> str | None:
    """Return the id with family and version swapped, None for an id without both."""
    match = CLAUDE.fullmatch(model_id)
    if match is None:
        return None
    if match["first_version"]:
        parts = (match["last_family"], match["first_version"])
    else:
        parts = (match["last_version"], match["first_family"])
    return match["head"] + "-".join(parts) + match["tail"]


def is_same_model(one: str, other: str) -> bool:
    return canonical(one) == canonical(other)


def canonical(model_id: str) -> str:
    """Return the spelling under which all spellings of a model are counted."""
    match = CLAUDE.fullmatch(model_id)
    if match is None:
        return model_id
    family = match["first_family"] or match["last_family"]
    version = (match["first_version"] or match["last_version"]).replace(".", "-")
    return f"claude-{family}-{version}{match['tail']}".lower()


def takes_budgets(model_id: str) -> bool:
    """Return whether a model accepts sampling fields and thinking budgets, as far as is known.

    Unknown versions of Claude are taken for new ones, which don't.
    """
    if "claude" not in model_id.lower():
        return True
    match = CLAUDE.fullmatch(model_id)
    if match is None:
        return False
    version = match["first_version"] or match["last_version"]
    return tuple(map(int, re.split("[-.]", version))) <= LAST_WITH_BUDGETS
