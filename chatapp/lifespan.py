"""What happens when a server process starts and when it ends."""

from django.conf import settings

from chatapp import background
from chatapp.body_limit import Event, Receive, Send
from chatapp.conversations import elsewhere, generation, housekeeping, leases, service, stopping
from chatapp.conversations.relay import relay
from chatapp.images.processing import workshop

# The platform kills what has not ended 30 s after it was told to; uvicorn takes up to 3 before us.
LET_GO_SECONDS = 2
DRAIN_SECONDS = 1


async def lifespan(scope: Event, receive: Receive, send: Send) -> None:
    await receive()
    service.client()  # making the connections' pool takes 25 ms, which no message should wait for
    stopping.start()
    leases.start()
    elsewhere.start()
    housekeeping.start()
    relay.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await generation.hand_over(settings.HAND_OVER_SECONDS, LET_GO_SECONDS)
    await background.drain(DRAIN_SECONDS)
    await service.close()
    await background.in_thread(workshop.close)
    await relay.close()
    await send({"type": "lifespan.shutdown.complete"})
