"""Start and end a server process."""

import gc
import signal
from types import FrameType
from typing import Any

from django.conf import settings

from chatapp import background
from chatapp.accounts import access_changes, ended_sessions
from chatapp.accounts.my_account import last_use
from chatapp.conversations import housekeeping
from chatapp.diagnostics import database_watch
from chatapp.images.processing import worker_queue
from chatapp.jobs import runner
from chatapp.people import removal as people_removal
from chatapp.realtime.relay import relay
from chatapp.rendering import renderer
from chatapp.replies import generation, learning, leases, remote, service, stopping
from chatapp.retirement import reading
from chatapp.search import indexer
from chatapp.server.bodies.body import Event, Receive, Send
from chatapp.server.warm_up import warm_up
from chatapp.spending import upkeep as spending
from chatapp.spending.line.service_line import service_line
from chatapp.tools.registry import built_in
from chatapp.transfer import upkeep

# The platform kills a process 30 s after SIGTERM, and uvicorn takes up to 3 s of them.
RELEASE_SECONDS = 2
DRAIN_SECONDS = 1


async def lifespan(scope: Event, receive: Receive, send: Send) -> None:
    await receive()
    warm_up()
    if not settings.DATABASE_MISSING:
        _start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await _end()
    await send({"type": "lifespan.shutdown.complete"})


def _stop_new_replies_on_signals() -> None:
    """Begin no replies after a signal: uvicorn waits for open requests and calls us later."""
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def handle(number: int, frame: FrameType | None, before: Any = before) -> None:
            generation.close()
            before(number, frame)

        signal.signal(number, handle)


def _start() -> None:
    _stop_new_replies_on_signals()
    service.client()  # making it takes 25 ms, which no message should wait for
    built_in()  # so does importing the tools, which every page names
    learning.start()
    reading.start()
    stopping.start()
    leases.start()
    remote.start()
    housekeeping.start()
    runner.start()
    upkeep.start()
    indexer.start()
    database_watch.start()
    spending.start()
    relay.start()
    ended_sessions.start()
    last_use.start()
    access_changes.start()
    people_removal.start()
    service_line.start()
    # The objects of now stay. A full collection that skips them takes 3 ms instead of 80.
    gc.collect()
    gc.freeze()


async def _end() -> None:
    runner.close()
    await generation.hand_over(settings.HAND_OVER_SECONDS, RELEASE_SECONDS)
    await background.drain(DRAIN_SECONDS)
    await service.close()
    await service_line.close()
    await background.in_thread(worker_queue.close)
    await background.in_thread(renderer.close)
    await relay.close()
