"""A hub with its own relay in the loop of the test, which stands in for one process of several."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from chatapp.realtime.hub import Hub, Subscription
from chatapp.realtime.relay import Relay

WAIT = 15  # seconds until an event that does not arrive is a failure
GROUP = "person:of both"


class Peer:
    def __init__(self) -> None:
        self.hub = Hub()
        self.relay = Relay(self.hub)

    @contextmanager
    def listening(self, *groups: str) -> Iterator["Listener"]:
        with self.hub.subscribed(groups or (GROUP,)) as subscription:
            yield Listener(subscription)

    def publish_text(self, *texts: object, group: str = GROUP) -> None:
        for text in texts:
            self.hub.publish(group, json.dumps({"type": "text", "text": text}))

    async def until_joined(self, value: bool = True) -> None:
        """Wait for the event that pages get, which may come later than the state."""
        with self.listening() as listener:
            while self.relay.joined is not value:
                await listener.event()


class Listener:
    """Receives what one socket would."""

    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription

    async def raw(self) -> str | None:
        async with asyncio.timeout(WAIT):
            return await self.subscription.queue.get()

    async def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(await self.raw() or "")
        return event

    async def text(self) -> Any:
        """Return the next text, and skip `joined` events."""
        while (event := await self.event())["type"] != "text":
            pass
        return event["text"]

    async def joined(self) -> bool:
        while (event := await self.event())["type"] != "joined":
            pass
        return bool(event["value"])

    @property
    def waiting(self) -> int:
        return self.subscription.queue.qsize()


@asynccontextmanager
async def running_peer() -> AsyncIterator[Peer]:
    """Start a peer, which is not joined yet."""
    peer = Peer()
    peer.relay.start()
    yield peer
    await peer.relay.close()


@asynccontextmanager
async def two_peers() -> AsyncIterator[tuple[Peer, Peer]]:
    async with running_peer() as here, running_peer() as there:
        await here.until_joined()
        await there.until_joined()
        yield here, there
