"""Run a document worker from the app: send files, receive their text or why there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import IO, Protocol

from chatapp.workers import Cause, WorkerDied, WorkerProcess, WorkerQueue

from .worker import protocol
from .worker.pages import Extract, Reason, Refused

SECONDS = 25  # a little more than the worker gives itself

_REASONS = {
    Cause.START: Reason.NO_WORKER,
    Cause.TIME: Reason.TIME,
    Cause.MEMORY: Reason.MEMORY,
    Cause.CRASH: Reason.UNREADABLE,
}


class DocumentWorkerProcess(WorkerProcess):
    """Run a worker. Raises Refused with NO_WORKER when it doesn't start."""

    module = f"{__package__}.worker"
    has_small_stacks = True
    environment = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "262144"}

    def __init__(self) -> None:
        try:
            super().__init__()
        except WorkerDied as death:
            raise Refused(_REASONS[death.cause]) from death

    def read(self, content: bytes) -> Extract:
        """Return the text of a file. Raises Refused, also when the worker dies."""

        def exchange(requests: IO[bytes], replies: IO[bytes]) -> Extract:
            protocol.send_request(requests, content)
            return protocol.receive_extract(replies)

        return self._exchange(exchange)

    def render(self, content: bytes, page: int) -> bytes:
        """Return page `page` of a PDF, from 1, as a JPEG. Raises Refused."""

        def exchange(requests: IO[bytes], replies: IO[bytes]) -> bytes:
            protocol.send_request(requests, content, page)
            return protocol.receive_image(replies)

        return self._exchange(exchange)

    def _exchange[T](self, exchange: Callable[[IO[bytes], IO[bytes]], T]) -> T:
        try:
            return self.within(SECONDS, exchange)
        except WorkerDied as death:
            raise Refused(_REASONS[death.cause]) from death
        except Refused as refused:
            if refused.reason is Reason.MEMORY:
                self.end()  # the rest of its memory may be fragmented
            raise


queue = WorkerQueue(DocumentWorkerProcess)


class Upload(Protocol):
    """Describe an upload of Django's."""

    @property
    def size(self) -> int | None: ...

    def seek(self, offset: int, /) -> object: ...

    def read(self) -> bytes: ...


async def read(source: bytes | Upload) -> Extract:
    """Return the text of a file. Raises Refused.

    Files wait for each other; an upload comes into memory only when it is its turn.
    """
    return await asyncio.wrap_future(_submit(source))


def read_and_wait(content: bytes) -> Extract:
    """Return the text of a file, for callers in threads of their own. Raises Refused."""
    return _submit(content).result()


async def render(content: bytes, page: int) -> bytes:
    """Return a page of a PDF as a JPEG. Raises Refused."""
    return await asyncio.wrap_future(rendered(content, page))


def rendered(content: bytes, page: int) -> Future[bytes]:
    """Return a future with what `render` returns, for callers that may wait."""
    return queue.submit(lambda worker: worker().render(content, page))


def _submit(source: bytes | Upload) -> Future[Extract]:
    size = len(source) if isinstance(source, bytes) else source.size or 0
    if size > protocol.MAX_FILE_BYTES:
        raise Refused(Reason.BYTES)
    return queue.submit(lambda worker: worker().read(_content(source)))


def _content(source: bytes | Upload) -> bytes:
    if isinstance(source, bytes):
        return source
    source.seek(0)
    return source.read()
