"""Exports to import, uploads without a browser, and imports without a server."""

import io
import json
import zipfile
from typing import Any

from chatapp.accounts.models import Person
from chatapp.jobs.kinds import JobFailed
from chatapp.jobs.models import Job, State
from chatapp.jobs.runner import _step
from chatapp.transfer.importing import job as import_job
from chatapp.transfer.importing import uploads
from chatapp.transfer.importing.uploads import Chosen
from chatapp.transfer.models import Import, UploadedFile

EXPORT = "conversations.json"


def claude(count: int = 2, messages: int = 2, **fields: Any) -> list[dict[str, Any]]:
    """Return Claude's export of so many conversations."""
    return [
        {
            "uuid": f"c{number}",
            "name": f"Chat {number}",
            "created_at": "2026-01-02T00:00:00Z",
            "updated_at": "2026-01-02T00:00:00Z",
            "chat_messages": [
                {
                    "uuid": f"c{number}-{place}",
                    "sender": "assistant" if place % 2 else "human",
                    "text": f"Text {place} of {number}",
                }
                for place in range(messages)
            ],
            **fields,
        }
        for number in range(count)
    ]


def chatgpt(id_: str = "g", parts: list[Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Return a conversation of ChatGPT's export: a message with these parts, and a reply."""
    content = {"content_type": "multimodal_text", "parts": parts or ["Hello"]}
    answer = {"content_type": "text", "parts": ["Hi"]}
    return {
        "conversation_id": id_,
        "title": f"Chat {id_}",
        "create_time": 1767225600.0,
        "update_time": 1767225600.0,
        "mapping": {
            "a": {"parent": None, "message": {"author": {"role": "user"}, "content": content}},
            "b": {"parent": "a", "message": {"author": {"role": "assistant"}, "content": answer}},
        },
        **fields,
    }


def zipped(**files: Any) -> bytes:
    """Return a zip; bytes are stored as they are, and everything else as JSON."""
    return zip_of({name.replace("__", "."): content for name, content in files.items()})


def zip_of(files: dict[str, Any]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            is_raw = isinstance(content, bytes)
            archive.writestr(name, content if is_raw else json.dumps(content))
    return made.getvalue()


def uploaded(person: Person, content: bytes, name: str = EXPORT) -> UploadedFile:
    """Store a file as the page does, slice by slice."""
    file = uploads.begin(person, Chosen(name, len(content), 1))
    size = uploads.SLICE_BYTES
    for number in range(uploads.count_slices(file)):
        uploads.add_slice(file, number, content[number * size : (number + 1) * size])
    return file


def run(job: Job, at_most: int = 10_000) -> int:
    """Make an import, or some steps of it, as the runner does; return how many it took."""
    assert job.take()
    for count in range(1, at_most + 1):
        try:
            has_more = _step(job, import_job.import_chats)
        except JobFailed as error:
            job.finish(State.FAILED, import_job.import_chats.keep, str(error))
            return count
        if not has_more:
            job.finish(State.DONE, import_job.import_chats.keep)
            return count
    job.release()
    return at_most


def begun(person: Person, *files: Any) -> Job:
    """Upload files and begin to import them: bytes, or what becomes JSON."""
    import_job.note_ends(person)
    for number, file in enumerate(files):
        content = file if isinstance(file, bytes) else json.dumps(file).encode()
        uploaded(person, content, f"{number}.zip" if content[:2] == b"PK" else f"{number}.json")
    import_job.start(person)
    job: Job = Job.objects.get(owner=person, kind="import_chats", state="queued")
    return job


def imported(person: Person, *files: Any) -> Import:
    """Import files, and return the import with its report."""
    job = begun(person, *files)
    run(job)
    import_job.note_ends(person)
    found: Import = Import.objects.get(job=job)
    return found
