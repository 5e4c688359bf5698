"""The stand-in model server of all tests: a script decides what it says.

`tests/chaos/model.py`, `tests/bench/model.py` and `tests/tool_calls/model.py` are scripts; the
Script below says three words. A script runs in a process of its own (`processes.serve`), in the
loop of the test (`serving_here`) or in a thread (`serving_in_thread`).

Two others stay: the demo model, which is a part of the product (`chatapp/inference/demo`), and the
raw servers of `tests/inference` and `tests/diagnostics`, which send bytes that are no HTTP or no
events and so can't be built on a server that keeps to the format.
"""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import uvicorn

from tests.servers.completions import Completion, Message, Receive, Send, send_json
from tests.servers.loop_thread import served_in_thread
from tests.servers.processes import server_config

MODELS = ("claude-sonnet-4-6", "claude-4-5-sonnet")
WORDS = ("One", ", two", ", three.")


@dataclass(frozen=True, slots=True)
class ToolRun:
    """One run of a tool, in the order of all runs. `what` is one call of one reply."""

    number: int
    reply: str
    tool: str
    what: str


class Script:
    """What the server says and does; this one lists models and answers with three words.

    It fetches the images that it is shown by link: `site` is where links to the app's public
    address really lead. `tool_runs` is what the tools of `tests/servers/tools/counted.py` did.
    """

    site = ""

    def __init__(self) -> None:
        self.url = ""
        self.tool_runs: list[ToolRun] = []

    async def complete(self, request: dict[str, Any], completion: Completion) -> None:
        """Answer a request; a return without `finish` breaks the connection off."""
        for part in request["messages"][-1]["content"]:
            if isinstance(part, dict) and part["type"] == "image_url":
                await self._fetch(part["image_url"]["url"])
        for word in WORDS:
            await completion.say(word)
        await completion.finish()

    async def get(self, path: str) -> object:
        """Return the JSON at a path."""
        return [{"model_id": model} for model in MODELS]

    async def on_tool_run(self, run: ToolRun) -> None:
        """Do something after a tool ran and before it gets the response."""

    async def _fetch(self, url: str) -> None:
        if url.startswith("https:"):
            async with httpx.AsyncClient() as http:
                (await http.get(f"{self.site}{urlsplit(url).path}")).raise_for_status()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request, as an ASGI application."""
        if scope["method"] == "GET":
            await send_json(send, await self.get(scope["path"]))
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        request = json.loads(body)
        if scope["path"] == "/tools":
            run = ToolRun(len(self.tool_runs), **request)
            self.tool_runs.append(run)
            await self.on_tool_run(run)
            await send_json(send, {"number": run.number})
        else:
            await self.complete(request, Completion(receive, send))


class _Server(uvicorn.Server):
    def capture_signals(self) -> AbstractContextManager[None]:
        """Leave the signals of the process to pytest."""
        return nullcontext()


@asynccontextmanager
async def serving_here(script: Script) -> AsyncIterator[None]:
    """Serve a script from the loop of the test, at its `url`."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        script.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = _Server(server_config(script, log_config=None))
        serving = asyncio.create_task(server.serve([listening]))
        try:
            yield
        finally:
            server.should_exit = True
            await serving


@contextmanager
def serving_in_thread(script: Script) -> Iterator[None]:
    async def serve(ready: threading.Event, end: asyncio.Event) -> None:
        async with serving_here(script):
            ready.set()
            await end.wait()

    with served_in_thread(serve, asyncio.new_event_loop()):
        yield
