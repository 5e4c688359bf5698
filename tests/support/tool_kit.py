"""Tools of a test, and a model that calls them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from PIL import Image as Pillow

from chatapp.conversations.models import Exchange, Message, State, ToolCall
from chatapp.inference import CompletionRequest, Finished, TextDelta, ToolCallDelta, ToolResultPart
from chatapp.tools.tool import Arguments, Context, Output, Tool
from tests.images.samples import encoded

ANSWER = [TextDelta("It is done."), Finished("stop")]


class Kit:
    """Two tools that record their calls: one reads, one acts. Both give the `images`, once they are
    let through the gate."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.interrupted: list[str] = []
        self.gate: asyncio.Event | None = None
        self.on_run: Callable[[], Awaitable[None]] | None = None
        self.gives: Any = None  # in the place of an Output; an error is raised
        self.images: tuple[bytes, ...] = ()
        self.one_runs, self.two_run = asyncio.Event(), asyncio.Event()

    @property
    def tools(self) -> dict[str, Tool]:
        return {"act": self.tool("act", needs_approval=True), "look": self.tool("look")}

    async def wait_at_gate(self, name: str) -> None:
        try:
            if self.gate:
                await self.gate.wait()
        except asyncio.CancelledError:
            self.interrupted.append(name)
            raise

    def tool(self, name: str, needs_approval: bool = False) -> Tool:
        async def run(arguments: Arguments, context: Context) -> Output:
            self.ran.append(f"{name} {arguments.get('what', '')}".strip())
            self.one_runs.set()
            if len(self.ran) == 2:
                self.two_run.set()
            if self.on_run:
                await self.on_run()
            await self.wait_at_gate(name)
            if isinstance(self.gives, Exception):
                raise self.gives
            if self.gives is not None:
                return self.gives  # type: ignore[no-any-return]
            return Output({"result": arguments.get("what", "")}, f"Did {name}", self.images)

        return Tool(
            name,
            name.title(),
            f"Does {name}.",
            {"type": "object"},
            needs_approval,
            needs_approval,
            lambda _: name,
            run,
        )


def call(name: str, what: str = "", number: int = 1) -> list[Any]:
    """Return the deltas of a tool call, which streams in two pieces."""
    arguments = json.dumps({"what": what})
    return [
        ToolCallDelta(f"call{number}", name, arguments[:3]),
        ToolCallDelta("", "", arguments[3:]),
    ]


def script(*turns: list[Any]) -> Callable[[CompletionRequest], list[Any]]:
    """Return a model that answers each request with the next turn, and records the requests."""
    rest = list(turns)

    def say(request: CompletionRequest) -> list[Any]:
        if not request.tools:
            return []  # a title
        say.asked.append(request)  # type: ignore[attr-defined]
        return rest.pop(0)

    say.asked = []  # type: ignore[attr-defined]
    return say


def results(request: CompletionRequest) -> list[str]:
    parts = [part for message in request.messages for part in message.parts]
    return [part.content for part in parts if isinstance(part, ToolResultPart)]


async def tool_calls(exchange: Exchange) -> list[tuple[str, str]]:
    return [
        (tool_call.name, tool_call.state)
        async for tool_call in ToolCall.objects.filter(reply=exchange.reply)
    ]


async def die(exchange: Exchange, **fields: Any) -> None:
    """Leave the reply as if the process that made it had died."""
    ago = timezone.now() - timedelta(seconds=1)
    values = {"status": "streaming", "attempt": 1, "leased_by": "dead", "leased_until": ago}
    await Message.objects.filter(pk=exchange.reply.pk).aupdate(**values | fields)


async def add_tool_call(exchange: Exchange, name: str, state: State, **fields: Any) -> ToolCall:
    place = {"round": 0, "index": await ToolCall.objects.acount(), "text_length": 0}
    values = {"reply": exchange.reply, "name": name, "call_id": "call1", "arguments": "{}"}
    return await ToolCall.objects.acreate(**place | values | fields, state=state)


def drawn(colour: str = "teal", size: tuple[int, int] = (64, 48)) -> bytes:
    return encoded(Pillow.new("RGB", size, colour), "PNG")
