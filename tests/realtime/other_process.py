"""`python -m tests.realtime.other_process`: another process of the app, without a web server.

Reads and writes JSON lines. It reads {"publish": event}, {"close": group} or {"send": command}, and
prints each event of the group and each command "echo" that it gets.
"""

import asyncio
import json
import sys
from typing import Any

import django

django.setup()

from chatapp.realtime.hub import CLOSE, hub  # noqa: E402
from chatapp.realtime.relay import relay  # noqa: E402
from tests.realtime.peers import GROUP  # noqa: E402


async def main() -> None:
    relay.on("echo", lambda **fields: show({"command": fields}))
    relay.start()
    orders = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    with hub.subscribed([GROUP]) as subscription:
        printing = asyncio.create_task(print_events(subscription.queue))
        while line := await orders.readline():
            execute(json.loads(line))
        printing.cancel()
    await relay.close()


async def print_events(queue: asyncio.Queue[str | None]) -> None:
    while True:
        event = await queue.get()
        show({"closed": True} if event is CLOSE else json.loads(event))


def execute(order: dict[str, Any]) -> None:
    match order:
        case {"publish": event}:
            hub.publish(GROUP, json.dumps(event))
        case {"close": group}:
            hub.publish(group, CLOSE)
        case {"send": fields}:
            relay.send_command("echo", **fields)


def show(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
