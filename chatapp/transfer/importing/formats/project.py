"""A project of an export, whichever product wrote it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from chatapp.transfer.importing.formats.conversation import Skipped

MAX_INSTRUCTIONS = 20_000  # characters, as a person may type; the rest is cut off
MAX_DOCUMENTS = 500  # of one project; further ones are left out


class TextDocument(NamedTuple):
    """A document of which the export has the text."""

    name: str
    text: str
    added_at: datetime | None


@dataclass(slots=True)
class ReadProject:
    source: str  # the product
    id: str  # there
    name: str = ""
    instructions: str = ""
    created_at: datetime | None = None
    documents: list[TextDocument] = field(default_factory=list)
    is_sample: bool = False  # made by the product, not by the person
    skipped: Counter[Skipped] = field(default_factory=Counter)
