"""Rendering that may take long, in a process that can be ended: whole replies, and code in colours.

A reply that is short and holds no code costs less than asking that process, and is rendered here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import IO

from chatapp.rendering.document import TooLarge, finished_blocks, join_blocks, source_document
from chatapp.rendering.labels import labels
from chatapp.rendering.markdown import normalise
from chatapp.rendering.pieces import Fence, Piece
from chatapp.rendering.requests import MAX_REQUEST_BYTES, Kind, Request
from chatapp.workers import WorkerDied, WorkerProcess, WorkerQueue
from chatapp.workers.frames import receive, send

# Seconds that the app waits for one request. The worker's own limit counts time of the processor.
MAX_SECONDS = 15
MAX_SHORT = 4_000  # characters; of hostile text that takes up to 3 ms


class RenderWorkerProcess(WorkerProcess):
    module = f"{__package__}.worker"

    def render(self, request: Request) -> str | None:
        """Return HTML; None when it would be too large. Raises WorkerDied."""

        def exchange(requests: IO[bytes], replies: IO[bytes]) -> str | None:
            header = {"kind": request.kind, "detail": request.detail, "labels": labels()}
            send(requests, header, request.text.encode())
            answer, html = receive(replies, MAX_REQUEST_BYTES)
            return html.decode() if answer["ok"] else None

        return self.within(MAX_SECONDS, exchange)


_queue = WorkerQueue(RenderWorkerProcess)


def render_document(text: str, *, prefix: str) -> str:
    """Return complete, safe HTML of a reply: one `<div class="block">` per top-level block.

    Waits for the worker, so call it outside the event loop. What takes too long or grows out of
    proportion comes as its source below a sentence. Never raises for any text; "" gives "".
    """
    html = _short(text, prefix) if _is_short(text) else _ask("document", prefix, text).result()
    return source_document(text) if html is None else html


async def rendered_document(text: str, *, prefix: str) -> str:
    """Return what `render_document` does, for callers on the event loop."""
    if _is_short(text):
        html = _short(text, prefix)
    else:
        html = await asyncio.wrap_future(_ask("document", prefix, text))
    return source_document(text) if html is None else html


async def rendered_piece(piece: Piece, *, prefix: str) -> str | None:
    """Return the inner HTML of a block of a live document, None to leave it as it is."""
    return await asyncio.wrap_future(_ask_for_piece(piece, prefix))


def render_piece(piece: Piece, *, prefix: str) -> str | None:
    """Return what `rendered_piece` does, for callers that may wait."""
    return _ask_for_piece(piece, prefix).result()


def close() -> None:
    """End the worker after what waits for it; a later request starts another one."""
    _queue.close()


def _is_short(text: str) -> bool:
    return len(text) <= MAX_SHORT and "```" not in text and "~~~" not in text


def _short(text: str, prefix: str) -> str | None:
    try:
        return join_blocks(finished_blocks(text, prefix))
    except TooLarge:
        return None


def _ask_for_piece(piece: Piece, prefix: str) -> Future[str | None]:
    if isinstance(piece, Fence):
        return _ask("code", piece.language, piece.code)
    return _ask("blocks", prefix, piece.source)


def _ask(kind: Kind, detail: str, text: str) -> Future[str | None]:
    request = Request(kind, detail, normalise(text))
    return _queue.submit(lambda ready_worker: _render(request, ready_worker))


def _render(request: Request, ready_worker: Callable[[], RenderWorkerProcess]) -> str | None:
    try:
        return ready_worker().render(request)
    except WorkerDied:  # it took too long, or worse; the process has logged which
        if request.kind != "document":
            return None
    return _render(request._replace(kind="plain document"), ready_worker)
