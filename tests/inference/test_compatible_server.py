"""The real client against a server of the same protocol that nobody here wrote.

`make test` installs it into an environment of its own. It answers without a model, can be told
over HTTP what to say or to break next, and keeps what it was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from chatapp.inference import errors
from chatapp.inference.client import InferenceClient
from chatapp.inference.errors import InferenceError
from chatapp.inference.types import (
    ChatMessage,
    CompletionRequest,
    Delta,
    Finished,
    TextDelta,
    Tool,
    ToolCallDelta,
    Usage,
    Waiting,
)
from tests.servers.packaged import serving

from .conftest import Ask, failure

PYTHON = Path(__file__).parents[2] / ".venv/compatible/bin/python"
TEXT = "Naïve <b>text</b> & {{ braces }} 👩‍👩‍👧,\n\n\tlines  and 日本語."

pytestmark = pytest.mark.skipif(
    not PYTHON.exists(), reason="`make test` installs the compatible server"
)

Script = Callable[..., None]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    command = [PYTHON, "-m", "uvicorn", "llmock.main:app", "--log-level", "warning", "--fd"]
    with serving(
        lambda descriptor: [*command, descriptor],
        ready="/health",
        LLMOCK_RESPONSE_STYLE="echo",
    ) as url:
        yield url


@pytest.fixture
def script(url: str) -> Script:
    """Set the next responses, and forget the requests of other tests."""
    httpx.post(f"{url}/_llmock/reset").raise_for_status()

    def say(**behavior: Any) -> None:
        body = {"behaviors": [behavior]}
        httpx.post(f"{url}/_llmock/scenario", json=body).raise_for_status()

    return say


@pytest.fixture
def client(connect: Callable[..., InferenceClient], url: str) -> InferenceClient:
    return connect(url)


def received(url: str) -> list[dict[str, Any]]:
    """The bodies of the requests as the server read them."""
    requests = httpx.get(f"{url}/_llmock/requests").json()["requests"]
    return [request["body"] for request in requests]


async def collect(client: InferenceClient, request: CompletionRequest) -> list[Delta]:
    return [delta async for delta in client.stream(request)]


def text_of(deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


async def test_an_answer_streams_with_its_usage(
    client: InferenceClient, script: Script, ask: Ask
) -> None:
    script(type="reply", text=TEXT)
    deltas = await collect(client, ask("Hi"))
    assert text_of(deltas) == TEXT
    assert sum(isinstance(delta, TextDelta) for delta in deltas) > 5
    assert deltas[-1] == Finished("stop")
    usage = next(delta for delta in deltas if isinstance(delta, Usage))
    assert usage.completion_tokens > 0


async def test_the_request_arrives_unchanged(
    client: InferenceClient, script: Script, url: str
) -> None:
    said = (("system", "Be brief."), ("user", "One"), ("assistant", "1"), ("user", TEXT))
    messages = tuple(ChatMessage.from_text(role, text) for role, text in said)
    deltas = await collect(client, CompletionRequest("claude", messages, 100, temperature=0.5))
    assert "Naïve" in text_of(deltas)
    [body] = received(url)
    assert [(m["role"], m["content"]) for m in body["messages"]] == list(said)
    assert (body["model"], body["max_tokens"], body["temperature"]) == ("claude", 100, 0.5)


async def test_a_tool_is_called(client: InferenceClient, script: Script) -> None:
    schema = {"type": "object", "properties": {"city": {"enum": ["Trondheim in Norway"]}}}
    request = CompletionRequest(
        "m",
        (ChatMessage.from_text("user", "What is the weather?"),),
        100,
        tools=(Tool("weather", "The weather of a city.", schema | {"required": ["city"]}),),
    )
    deltas = await collect(client, request)
    calls = [delta for delta in deltas if isinstance(delta, ToolCallDelta)]
    assert [call.name for call in calls if call.id] == ["weather"]
    assert "".join(call.arguments for call in calls) == '{"city": "Trondheim in Norway"}'
    assert deltas[-1] == Finished("tool_calls")


async def test_a_reply_at_its_limit_is_reported(
    client: InferenceClient, script: Script, ask: Ask
) -> None:
    script(type="reply", text=TEXT, finish_reason="length")
    assert (await collect(client, ask("Hi")))[-1] == Finished("length")


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("disconnect", errors.Interrupted),
        ("truncate", errors.Interrupted),
        ("malformed", errors.UnreadableReply),
    ],
)
async def test_an_interrupted_stream_keeps_its_text(
    client: InferenceClient, script: Script, ask: Ask, fault: str, kind: type[InferenceError]
) -> None:
    script(type="reply", text="one two three four")
    script(type="stream_fault", kind=fault, after_chunks=3)  # the first has the role only
    deltas, error = await failure(client, ask("Hi"))
    assert type(error) is kind
    assert text_of(deltas) == "one two "


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.RequestRefused),
        (401, errors.KeyRefused),
        (403, errors.ModelNotAllowed),
    ],
)
async def test_a_refusal_is_reported_and_not_retried(
    client: InferenceClient,
    script: Script,
    ask: Ask,
    url: str,
    status: int,
    kind: type[InferenceError],
) -> None:
    script(type="fail", status=status, message="because", times=None)
    deltas, error = await failure(client, ask("Hi"))
    assert (deltas, type(error)) == ([], kind)
    assert "because" in error.sentence
    assert len(received(url)) == 1


async def test_a_busy_server_is_retried_after_the_time_it_named(
    client: InferenceClient, script: Script, ask: Ask, naps: list[float]
) -> None:
    script(type="fail", status=429, retry_after=7, times=2)
    deltas = await collect(client, ask("Hi"))
    assert [type(delta) for delta in deltas[:3]] == [Waiting, Waiting, TextDelta]
    assert len(naps) == 2
    assert min(naps) >= 7
    assert deltas[-1] == Finished("stop")
