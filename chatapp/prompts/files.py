"""Prompts as files: all of a person's in one JSON file, or one in a file of text.

{"format": "chat-prompts", "version": 1, "prompts": [{"name": "", "description": "", "text": ""}]}
"""

import json
import re
from pathlib import PurePath

import msgspec
from django.utils.translation import gettext as _

from chatapp.accounts.models import Person
from chatapp.prompts import names
from chatapp.prompts.models import SavedPrompt
from chatapp.server.valid_text import make_valid_source

FORMAT = "chat-prompts"
VERSION = 1
# Around and in the prompts of a file. A few bytes of it would be a hundred in memory.
MAX_COMMAS = 1_000_000
JSON_TEXT = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)  # also one without an end
TEXT_ENDINGS = (".md", ".markdown", ".txt")


class Record(msgspec.Struct):
    """One prompt of a file."""

    name: str
    text: str
    description: str = ""


class PromptFile(msgspec.Struct):
    format: str
    version: int
    prompts: list[msgspec.Raw]


class FileRefused(Exception):
    """The file has no prompts that can be read; the text of the error is a sentence."""


def exported(person: Person) -> bytes:
    """Return a person's own prompts as JSON, to be read by people, too."""
    record = {"format": FORMAT, "version": VERSION, "prompts": records(person)}
    return json.dumps(record, ensure_ascii=False, indent=2).encode() + b"\n"


def records(person: Person) -> list[dict[str, str]]:
    fields = ("name", "description", "text")
    return list(SavedPrompt.objects.of(person).in_order().values(*fields))


def read(name: str, data: bytes) -> tuple[list[Record], int]:
    """Return the prompts of a file and how many couldn't be read. Raises FileRefused."""
    ending = PurePath(name.lower()).suffix
    if ending in TEXT_ENDINGS:
        return [_text_record(name, data)], 0
    try:
        source = make_valid_source(data.decode("utf-8-sig"))
        if JSON_TEXT.sub("", source).count(",") > MAX_COMMAS:
            raise _refused(name)
        file = msgspec.json.decode(source, type=PromptFile)
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError):
        raise _refused(name) from None
    if file.format != FORMAT:
        raise _refused(name)
    if file.version > VERSION:
        sentence = _("“%(name)s” comes from a newer version of this app.")
        raise FileRefused(sentence % {"name": name})
    found = [record for record in map(_record, file.prompts) if record]
    return found, len(file.prompts) - len(found)


def _record(source: msgspec.Raw) -> Record | None:
    try:
        return msgspec.json.decode(source, type=Record)
    except (msgspec.DecodeError, RecursionError):
        return None


def _text_record(name: str, data: bytes) -> Record:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        sentence = _("“%(name)s” isn't text in UTF-8. Save it as UTF-8 and try again.")
        raise FileRefused(sentence % {"name": name}) from None
    return Record(names.name_for(PurePath(name).stem), text)


def _refused(name: str) -> FileRefused:
    sentence = _(
        "“%(name)s” isn't a file of prompts. Choose a JSON file that was exported here, or files "
        "that end in .md or .txt."
    )
    return FileRefused(sentence % {"name": name})
