"""What happens when a server process starts and when it ends."""

from chatapp import background
from chatapp.body_limit import Event, Receive, Send
from chatapp.conversations import generation, housekeeping, service
from chatapp.images.processing import workshop

DRAIN_SECONDS = 5


async def lifespan(scope: Event, receive: Receive, send: Send) -> None:
    await receive()
    await background.in_thread(generation.end_abandoned)
    service.client()  # making the connections' pool takes 25 ms, which no message should wait for
    housekeeping.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await background.drain(DRAIN_SECONDS)
    await service.close()
    await background.in_thread(workshop.close)
    await send({"type": "lifespan.shutdown.complete"})
