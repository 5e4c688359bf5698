"""Find what holds conversations in an uploaded file, and what is missing of it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from chatapp.transfer.importing.archive import Archive, ArchiveRefused, Entry
from chatapp.transfer.importing.formats.values import as_dict, as_list, as_text
from chatapp.transfer.importing.json_items import Source, sources

MEGABYTE = 1_000_000
MAX_ITEM_BYTES = 32 * MEGABYTE  # of the JSON of a conversation; parsed, it takes several times this
MAX_MANIFEST_BYTES = 5 * MEGABYTE
MAX_NAMED = 20  # problems of one kind in a file
HEAD_BYTES = 200
OWN = re.compile(rb'^\s*\{\s*"format"\s*:\s*"chat-export"')
CONVERSATIONS, IMAGES, DOCUMENTS = "conversations", "images", "documents"
PROJECTS = "projects"
# Of Claude: one file, or one for each project.
PROJECT_FILE = re.compile(
    r"(^|[/\\])projects([-_ ]?\d+)?( \(\d+\))?(\.json|[/\\][^/\\]+\.json)$", re.IGNORECASE
)


class Found(NamedTuple):
    """A problem, as a key of `report.PROBLEMS`, and the part of the file that has it."""

    problem: str
    name: str = ""


@dataclass
class Contents:
    shards: list[Entry] = field(default_factory=list)
    projects: list[Entry] = field(default_factory=list)  # shards that hold projects, by their names
    problems: list[Found] = field(default_factory=list)
    images: Entry | None = None  # what an export of this app says about its images
    documents: Entry | None = None  # and about its documents


def look(archive: Archive) -> Contents:
    """Return the parts that may hold conversations, in the order of the export's own list."""
    by_name = {entry.name: entry for entry in archive.entries}
    contents = Contents()
    manifest = read_document(archive, by_name.get("manifest.json"))
    if manifest.get("format") == "chat-export":
        names = [manifest.get(PROJECTS), *as_list(manifest.get(CONVERSATIONS))]
        names.append(manifest.get("account"))
        listed_projects = by_name.get(as_text(manifest.get(PROJECTS)))
        contents.projects = [listed_projects] if listed_projects else []
        contents.images = by_name.get(as_text(manifest.get("images")))
        contents.documents = by_name.get(as_text(manifest.get("documents")))
    else:
        manifest = read_document(archive, by_name.get("export_manifest.json"))
        listed = as_dict(as_dict(manifest.get("logical_files")).get("conversations.json"))
        names = as_list(listed.get("files"))
        projects = [entry for entry in archive.entries if PROJECT_FILE.search(entry.name)]
        contents.projects = [] if names else projects
    for name in dict.fromkeys(filter(None, map(as_text, names))):
        if entry := by_name.get(name):
            contents.shards.append(entry)
        elif len(contents.problems) < MAX_NAMED:
            contents.problems.append(Found("missing_shard", name))
    # Chats are put into their projects, so these come first.
    found = contents.shards or archive.shards
    contents.shards = list(dict.fromkeys([*contents.projects, *found]))
    inner = archive.inner_archives[:MAX_NAMED]
    contents.problems += [Found("inner_zip", entry.name) for entry in inner]
    if not contents.shards and not contents.problems:
        contents.problems.append(Found("no_conversations"))
    return contents


def read_document(archive: Archive, entry: Entry | None) -> dict[str, Any]:
    """Return a small JSON object; an empty one for everything else."""
    if entry is None:
        return {}
    try:
        with archive.open(entry) as stream:
            source = stream.read(MAX_MANIFEST_BYTES + 1)
        return as_dict(json.loads(source)) if len(source) <= MAX_MANIFEST_BYTES else {}
    except (ArchiveRefused, ValueError, RecursionError):
        return {}  # shards are found by their names then


def is_own(archive: Archive, entry: Entry) -> bool:
    with archive.open(entry) as stream:
        return bool(OWN.match(stream.read(HEAD_BYTES)))


def parts_of(archive: Archive, entry: Entry, *, of_object: bool) -> Iterator[Source]:
    """Yield the items of a shard. Raises ArchiveRefused where it is broken."""
    with archive.open(entry) as stream:
        yield from sources(stream, MAX_ITEM_BYTES, of_object=of_object)


def seems_project(source: Source) -> bool:
    """Return whether an item may be a project of Claude; its shape decides later."""
    return b'"prompt_template"' in source.text and b'"chat_messages"' not in source.text


def is_counted(source: Source, *, of_object: bool) -> bool:
    """Return whether an item counts as a conversation in the progress."""
    return not of_object or source.key == CONVERSATIONS
