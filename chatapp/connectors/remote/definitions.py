"""What a server says about its tools, made fit for the model, the database and the page."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from chatapp.connectors.remote import schemas
from chatapp.tools.outside import plain_line

NAME_CHARACTERS = 200
TITLE_CHARACTERS = 100
DESCRIPTION_CHARACTERS = 1_500
MAX_TOOLS = 200  # of one server
MAX_CHARACTERS = 300_000  # of all schemas together, which go along with every request


@dataclass(frozen=True, slots=True)
class Definition:
    """A tool as a server lists it. `remote_name` is the server's name for it. One that can't be
    offered has no parameters, and its description says why."""

    remote_name: str
    title: str
    description: str
    parameters: dict[str, Any]
    says_it_reads: bool

    @property
    def is_fit(self) -> bool:
        return bool(self.parameters)

    def excluded(self, why: str) -> Definition:
        description = _("Left out: %(why)s") % {"why": why}
        return replace(self, description=description, parameters={})


def read(tool: object) -> Definition | None:
    """Takes one entry of a list of tools; None when it has no name by which it could be called."""
    name = tool.get("name") if isinstance(tool, Mapping) else None
    if not isinstance(tool, Mapping) or not isinstance(name, str) or not _is_name(name):
        return None
    hints = tool.get("annotations")
    hints = hints if isinstance(hints, Mapping) else {}
    titles = [
        plain_line(_text(one), TITLE_CHARACTERS)
        for one in (tool.get("title"), hints.get("title"), name)
    ]
    found = Definition(
        name,
        next(filter(None, titles)),
        _plain(_text(tool.get("description"))),
        {},
        hints.get("readOnlyHint") is True,
    )
    try:
        return replace(found, parameters=schemas.fit(tool.get("inputSchema")))
    except schemas.Unfit as why:
        return found.excluded(str(why))


def together(found: Iterable[Definition]) -> list[Definition]:
    """The first of each name; what makes them too large is left out."""
    by_name: dict[str, Definition] = {}
    size = 0
    for one in found:
        if one.remote_name in by_name:
            continue
        size += len(str(one.parameters))
        if size > MAX_CHARACTERS:
            one = one.excluded(_("the server describes too many and too large tools."))
        by_name[one.remote_name] = one
    return list(by_name.values())


def _is_name(name: str) -> bool:
    # A character that was replaced makes it another name than the server's.
    return name.isprintable() and "\ufffd" not in name and 0 < len(name) <= NAME_CHARACTERS


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _plain(text: str) -> str:
    """Lines without control characters, and without those that nobody sees."""
    visible = "".join(
        char
        for char in text[: 2 * DESCRIPTION_CHARACTERS]
        if char == "\n" or not unicodedata.category(char).startswith("C")
    ).strip()
    if len(visible) <= DESCRIPTION_CHARACTERS:
        return visible
    return visible[: DESCRIPTION_CHARACTERS - 1].rstrip() + "…"
