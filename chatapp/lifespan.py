"""What happens when a server process starts and when it ends."""

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope

from chatapp import background
from chatapp.conversations import generation, service

DRAIN_SECONDS = 5


async def lifespan(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    await receive()
    await background.in_thread(generation.end_abandoned)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await background.drain(DRAIN_SECONDS)
    await service.close()
    await send({"type": "lifespan.shutdown.complete"})
