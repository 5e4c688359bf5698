"""What happens when a server process starts and when it ends."""

import gc
import signal
from types import FrameType
from typing import Any

from django.conf import settings

from chatapp import background
from chatapp.conversations import housekeeping
from chatapp.images.processing import worker_queue
from chatapp.realtime.relay import relay
from chatapp.rendering import renderer
from chatapp.replies import generation, leases, remote, service, stopping
from chatapp.server.bodies.body import Event, Receive, Send

# The platform kills what has not ended 30 s after it was told to; uvicorn takes up to 3 before us.
RELEASE_SECONDS = 2
DRAIN_SECONDS = 1


async def lifespan(scope: Event, receive: Receive, send: Send) -> None:
    await receive()
    if not settings.DATABASE_MISSING:
        _start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await _end()
    await send({"type": "lifespan.shutdown.complete"})


def _begin_nothing_more_when_told_to_end() -> None:
    """uvicorn lets open requests end first and comes to us seconds later."""
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def told(number: int, frame: FrameType | None, before: Any = before) -> None:
            generation.close()
            before(number, frame)

        signal.signal(number, told)


def _start() -> None:
    _begin_nothing_more_when_told_to_end()
    service.client()  # making the connections' pool takes 25 ms, which no message should wait for
    stopping.start()
    leases.start()
    remote.start()
    housekeeping.start()
    relay.start()
    # What is here now stays for good. A full collection passes over it and takes 3 ms, not 80.
    gc.collect()
    gc.freeze()


async def _end() -> None:
    await generation.hand_over(settings.HAND_OVER_SECONDS, RELEASE_SECONDS)
    await background.drain(DRAIN_SECONDS)
    await service.close()
    await background.in_thread(worker_queue.close)
    await background.in_thread(renderer.close)
    await relay.close()
