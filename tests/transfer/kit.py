"""A conversation that has everything that can be exported, and exports as the tests read them."""

import asyncio
import hashlib
import io
import json
import zipfile
from typing import Any

from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import (
    Attachment,
    Conversation,
    Message,
    ToolCall,
    ToolCallImage,
    add_exchange,
)
from chatapp.images.models import Image
from chatapp.images.processing import PreparedImage
from chatapp.jobs.models import Job, State
from chatapp.jobs.runner import _step
from chatapp.transfer.archive import export
from chatapp.transfer.archive.download import Archive
from tests.support.replies import complete, new_message

HOSTILE = "</title></style><script>alert(1)</script><img src=x onerror=alert(1)>&\"'{{ 7*7 }}"
PIXEL = b"\x89PNG\r\n\x1a\n not really, and nobody looks"


def image(owner: Person, content: bytes = PIXEL, name: str = "a.png") -> Image:
    prepared = PreparedImage(
        content=content,
        content_type="image/png",
        width=2,
        height=3,
        sha256=hashlib.sha256(content).hexdigest(),
        thumbnail=b"",
        thumbnail_type="",
        thumbnail_width=0,
        thumbnail_height=0,
        animated=False,
        name=name,
    )
    return Image.objects.store(owner, prepared)


def rich_conversation(owner: Person, text: str = "Look at **this**") -> Conversation:
    """Return a conversation with branches, images, a tool call, thinking and a failure."""
    first = add_exchange(owner, new_message(text))
    conversation = first.conversation
    conversation.rename(HOSTILE)
    shown, made = image(owner), image(owner, PIXEL * 2, HOSTILE)
    Attachment.objects.create(message=first.message, position=0, image=shown, part=1, part_count=2)
    Attachment.objects.create(message=first.message, position=1, link="https://example.com/b")
    complete(first.reply, text)
    tool_call = ToolCall.objects.create(
        reply=first.reply,
        round=0,
        index=0,
        text_length=4,
        call_id="1",
        name="look",
        arguments='{"at":"<b>"}',
        state="done",
        seconds=1.5,
        content='{"seen":"</script>"}',
        summary=HOSTILE[:300],
        note="One is missing.",
    )
    ToolCallImage.objects.create(tool_call=tool_call, position=0, image=made)
    Message.objects.filter(pk=first.reply.pk).update(
        reasoning=HOSTILE,
        thought_seconds=2,
        prompt_tokens=10,
        completion_tokens=20,
        html_version=0,  # so that it is rendered from its text
    )
    other = Message.objects.create(
        conversation=conversation,
        parent=first.message,
        position=1,
        attempt=1,
        role="assistant",
        status="failed",
        error="It failed.",
        on_branch=False,
        model="claude-sonnet-4-6",
        shown_at=timezone.now(),
    )
    Message.objects.create(
        conversation=conversation,
        parent=other,
        position=2,
        role="user",
        status="complete",
        text="Hidden",
        on_branch=False,
    )
    return Conversation.objects.get(pk=conversation.pk)


def steps(job: Job, at_most: int = 1_000) -> int:
    """Make an export, or some steps of it, as the runner does; return how many it took."""
    assert job.take()
    for count in range(1, at_most + 1):
        if not _step(job, export.export):
            job.finish(State.DONE, export.KEPT)
            return count
    job.release()
    return at_most


def made_export(owner: Person) -> Job:
    job = export.export.enqueue(owner)
    steps(job)
    return job


def content(job: Job, start: int = 0, stop: int | None = None) -> bytes:
    made = Archive(job)

    async def collect() -> bytes:
        return b"".join([piece async for piece in made.read(start, stop or made.size)])

    return asyncio.run(collect())


def opened(job: Job) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(content(job)))
    assert archive.testzip() is None
    return archive


def read_json(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(archive.read(name))
    return found


def body(client: Client, path: str, **headers: str) -> bytes:
    """Return the whole answer to a request, which is sent in pieces."""
    response = client.get(path, headers=headers)

    async def collect() -> bytes:
        return b"".join([piece async for piece in response])  # type: ignore[attr-defined]

    return async_to_sync(collect)()
