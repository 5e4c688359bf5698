"""Run the render worker: read Markdown or code, write HTML, until stdin is closed."""

from __future__ import annotations

import signal
from typing import Any, BinaryIO

from chatapp.rendering import labels
from chatapp.rendering.code import code_block
from chatapp.rendering.document import TooLarge, finished_blocks, join_blocks
from chatapp.rendering.highlighting import TimedHighlighter, highlight
from chatapp.rendering.worker.protocol import MAX_REQUEST_BYTES, Request
from chatapp.workers.child import greeted, lower_privileges
from chatapp.workers.frames import receive, send

# Private memory. Among 280 hostile texts of 100 KB the most that the process took was 69 MB.
MAX_DATA_BYTES = 256 * 1024 * 1024
MAX_SECONDS = 2  # of the processor, for one request; SIGPROF ends the process


def main() -> None:
    # Replies can't end without it, so it has the same priority as the app.
    lower_privileges(MAX_DATA_BYTES, nice=0)
    with greeted() as (requests, replies):
        serve(requests, replies)


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    while True:
        try:
            header, body = receive(requests, MAX_REQUEST_BYTES)
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, MAX_SECONDS)
        result, html = outcome(header, body)
        signal.setitimer(signal.ITIMER_PROF, 0)
        try:
            send(replies, result, html.encode())
        except BrokenPipeError:
            return


def outcome(header: dict[str, Any], body: bytes) -> tuple[dict[str, Any], str]:
    """Return a header with the key "ok", and the HTML."""
    labels.set_labels(labels.Labels(*header["labels"]))
    request = Request(header["kind"], header["detail"], body.decode())
    try:
        return {"ok": True}, rendered(request)
    except (TooLarge, MemoryError):
        return {"ok": False}, ""


def rendered(request: Request) -> str:
    match request.kind:
        case "document":
            return join_blocks(finished_blocks(request.text, request.detail, TimedHighlighter()))
        case "plain document":
            return join_blocks(finished_blocks(request.text, request.detail))
        case "blocks":
            return "".join(finished_blocks(request.text, request.detail, TimedHighlighter()))
        case "code":
            return code_block(request.detail, request.text, highlight)


if __name__ == "__main__":
    main()
