"""Run the document worker: read files until stdin is closed."""

from __future__ import annotations

import signal
from typing import BinaryIO

from chatapp.workers.child import greeted, lower_privileges

from .pages import Extract, Reason, Refused
from .protocol import receive_request, send_result
from .reading import read, render

# Private memory. A file of 50 MB arrives whole, and tables are unpacked in memory.
MAX_DATA_BYTES = 400 * 1024 * 1024
MAX_SECONDS = 20


def main() -> None:
    lower_privileges(MAX_DATA_BYTES)
    with greeted() as (requests, replies):
        serve(requests, replies)


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    while True:
        try:
            content, page = receive_request(requests)
        except EOFError:
            return
        signal.alarm(MAX_SECONDS)
        result = outcome(content, page)
        signal.alarm(0)
        try:
            send_result(replies, result)
        except BrokenPipeError:
            return


def outcome(content: bytes, page: int) -> Extract | bytes | Refused:
    """Return the text of a file or the image of a page, or why there is none."""
    try:
        return render(content, page) if page else read(content)
    except Refused as refused:
        return refused
    except MemoryError:
        return Refused(Reason.MEMORY)
    except Exception:
        # Libraries raise anything for a damaged file, and this process has nothing else to do.
        return Refused(Reason.UNREADABLE)


if __name__ == "__main__":
    main()
