"""`python -m tests.bench.readers ours|httpx|raw MODEL_URL`: what one client costs.

Prints JSON: `cpu` in µs for each chunk, `memory` in KB for each stream.
"""

import asyncio
import gc
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import uvloop

from chatapp.inference import (
    ChatMessage,
    CompletionRequest,
    InferenceClient,
    Service,
    TextDelta,
    make_http_client,
)
from tests.bench import model

STREAMS = 200
RATE = 50  # chunks a second and stream
WARM_UP = 1.5  # seconds until all streams run
COUNTED = 3.0  # seconds
TOKENS = round((WARM_UP + COUNTED + 1) * RATE)

chunks = 0  # with text, of all streams
Read = Callable[[str, str], Awaitable[None]]


async def ours(url: str, question: str) -> None:
    client = InferenceClient(Service("compatible", url), http)
    asked = CompletionRequest("m", (ChatMessage.from_text("user", question),), 8192)
    async with aclosing(client.stream(asked)) as deltas:
        async for delta in deltas:
            if isinstance(delta, TextDelta):
                _count(delta.text)


async def plain_httpx(url: str, question: str) -> None:
    async with http.stream(
        "POST", url + "/v1/chat/completions", content=model.body(question)
    ) as answer:
        async for line in answer.aiter_lines():
            if line.startswith("data: {"):
                _take(line[6:])


async def raw(url: str, question: str) -> None:
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    over: asyncio.Future[None] = loop.create_future()
    await loop.create_connection(lambda: Raw(question, over), parts.hostname, parts.port)
    await over


class Raw(asyncio.Protocol):
    """Knows that this server sends one whole event per chunk, and nothing about HTTP."""

    def __init__(self, question: str, over: asyncio.Future[None]) -> None:
        self.question, self.over, self.rest = question, over, b""

    def connection_made(self, transport: asyncio.WriteTransport) -> None:  # type: ignore[override]
        transport.write(model.request(self.question))

    def data_received(self, data: bytes) -> None:
        *events, self.rest = (self.rest + data).split(b"\n\n")
        for event in events:
            if (start := event.find(b"data: {")) >= 0:
                _take(event[start + 6 :])

    def connection_lost(self, error: Exception | None) -> None:
        self.over.set_result(None)


def _take(data: str | bytes) -> None:
    _count(json.loads(data)["choices"][0]["delta"].get("content"))


def _count(text: str | None) -> None:
    global chunks
    if text:
        chunks += 1


async def cost(read: Read, url: str) -> dict[str, float]:
    global http
    http = make_http_client() if read is ours else _plain_client()
    prompts = [model.prompt(uuid4().hex, TOKENS, RATE) for _ in range(STREAMS)]
    await read(url, model.prompt(uuid4().hex, 1, 0))  # what the first stream alone brings along
    gc.collect()
    empty, before = _peak_kb(), chunks
    async with asyncio.TaskGroup() as group:
        reading = [group.create_task(read(url, prompt)) for prompt in prompts]
        await asyncio.sleep(WARM_UP)
        count, used = chunks, time.process_time()
        await asyncio.sleep(COUNTED)
        count, used = chunks - count, time.process_time() - used
        full = _peak_kb()
        assert not any(task.done() for task in reading)
    await http.aclose()
    assert chunks - before == STREAMS * TOKENS
    return {"cpu": used / count * 1e6, "memory": (full - empty) / STREAMS}


def _peak_kb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform == "darwin" else peak


def _plain_client() -> httpx.AsyncClient:
    # With the defaults (100 connections, 5 s for one) most of these streams would simply fail.
    limits = httpx.Limits(max_connections=None)
    return httpx.AsyncClient(limits=limits, timeout=None, trust_env=False)


http: httpx.AsyncClient
READERS: dict[str, Read] = {"ours": ours, "httpx": plain_httpx, "raw": raw}

if __name__ == "__main__":
    print(json.dumps(uvloop.run(cost(READERS[sys.argv[1]], sys.argv[2]))))
