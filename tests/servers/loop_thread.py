"""Serve from an event loop in a thread of its own, for tests that block."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

type Serve = Callable[[threading.Event, asyncio.Event], Awaitable[None]]


@contextmanager
def served_in_thread(serve: Serve, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Run `serve(ready, end)` on `loop` until the block ends.

    `serve` sets `ready` once it takes connections, and returns soon after `end` is set.
    """
    ready, end = threading.Event(), asyncio.Event()

    async def run() -> None:
        await serve(ready, end)

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    ready.wait()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
        loop.close()
