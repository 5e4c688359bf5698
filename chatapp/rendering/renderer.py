"""Render whole replies and highlight code in the render worker, which may be killed.

A short reply without code is rendered here, because asking the worker would cost more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import IO

from chatapp.rendering import text_parts
from chatapp.rendering.document import TooLarge, finished_blocks, join_blocks, source_document
from chatapp.rendering.incoming_text import normalise
from chatapp.rendering.labels import labels
from chatapp.rendering.plain_blocks import PlainBlock, PlainCode
from chatapp.rendering.worker.protocol import MAX_REQUEST_BYTES, Kind, Request
from chatapp.workers import WorkerDied, WorkerProcess, WorkerQueue
from chatapp.workers.frames import receive, send

# Seconds that the app waits for one request. The worker's own limit counts processor time.
MAX_SECONDS = 15
MAX_SHORT = 4_000  # characters; hostile text of this length takes up to 3 ms


class RenderWorkerProcess(WorkerProcess):
    module = f"{__package__}.worker"

    def render(self, request: Request) -> str | None:
        """Return HTML, None if it would be too large. Raises WorkerDied."""

        def exchange(requests: IO[bytes], replies: IO[bytes]) -> str | None:
            header = {"kind": request.kind, "detail": request.detail, "labels": labels()}
            send(requests, header, request.text.encode())
            answer, html = receive(replies, MAX_REQUEST_BYTES)
            return html.decode() if answer["ok"] else None

        return self.within(MAX_SECONDS, exchange)


_queue = WorkerQueue(RenderWorkerProcess)


def render_document(text: str, *, prefix: str, ends: Sequence[int] = ()) -> str:
    """Return the complete, safe HTML of a reply: one `<div class="block">` per top-level block.

    After so many characters as in `ends`, a block holds an empty slot (`text_parts`). Waits for the
    worker, so call it outside the event loop. A reply that takes too long or becomes too large is
    returned as its source below a sentence. Never raises for any text; returns "" for "".
    """
    source = text_parts.join(text_parts.cut(text, ends))
    html = _short(source, prefix) if _is_short(text) else _ask("document", prefix, source).result()
    return source_document(text) if html is None else html


async def arender_document(text: str, *, prefix: str, ends: Sequence[int] = ()) -> str:
    """Return what `render_document` does, for callers on the event loop."""
    source = text_parts.join(text_parts.cut(text, ends))
    if _is_short(text):
        html = _short(source, prefix)
    else:
        html = await asyncio.wrap_future(_ask("document", prefix, source))
    return source_document(text) if html is None else html


async def arender_block(block: PlainBlock, *, prefix: str) -> str | None:
    """Return the inner HTML of a block of a live document, None to leave it as it is."""
    return await asyncio.wrap_future(_ask_for_block(block, prefix))


def render_block(block: PlainBlock, *, prefix: str) -> str | None:
    """Return what `arender_block` does, for callers that may wait."""
    return _ask_for_block(block, prefix).result()


def close() -> None:
    """End the worker after the requests in its queue; a later request starts another worker."""
    _queue.close()


def _is_short(text: str) -> bool:
    return len(text) <= MAX_SHORT and "```" not in text and "~~~" not in text


def _short(source: str, prefix: str) -> str | None:
    try:
        return join_blocks(finished_blocks(source, prefix))
    except TooLarge:
        return None


def _ask_for_block(block: PlainBlock, prefix: str) -> Future[str | None]:
    if isinstance(block, PlainCode):
        return _ask("code", block.language, normalise(block.code))
    return _ask("blocks", prefix, normalise(block.source))


def _ask(kind: Kind, detail: str, text: str) -> Future[str | None]:
    request = Request(kind, detail, text)
    return _queue.submit(lambda ready_worker: _render(request, ready_worker))


def _render(request: Request, ready_worker: Callable[[], RenderWorkerProcess]) -> str | None:
    try:
        return ready_worker().render(request)
    except WorkerDied:  # too slow or crashed, as the log reports
        if request.kind != "document":
            return None
    return _render(request._replace(kind="plain document"), ready_worker)
