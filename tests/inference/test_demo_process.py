"""The real client against the real demo process, over both transports."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable

import httpx
import pytest

from chatapp.inference import errors
from chatapp.inference.client import InferenceClient
from chatapp.inference.errors import InferenceError
from chatapp.inference.types import (
    Adapted,
    ChatMessage,
    CompletionRequest,
    Delta,
    Finished,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
    Waiting,
)

from .conftest import KEY, Ask, failure

EMOJI_END = "𝄞"


@pytest.fixture
def demo(connect: Callable[..., InferenceClient], demo_url: str) -> InferenceClient:
    return connect(demo_url)


async def collect(demo: InferenceClient, request: CompletionRequest) -> list[Delta]:
    return [delta async for delta in demo.stream(request)]


def text_of(deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


async def test_a_question_gets_an_answer_with_usage(demo: InferenceClient, ask: Ask) -> None:
    deltas = await collect(demo, ask("Hello there"))
    assert "not an AI" in text_of(deltas)
    assert "> Hello there" in text_of(deltas)
    assert deltas[-1] == Finished("stop")
    usage = deltas[-2]
    assert isinstance(usage, Usage)
    assert 200 <= usage.completion_tokens <= 300


async def test_the_same_question_gets_the_same_answer_and_another_a_different_one(
    demo: InferenceClient, ask: Ask
) -> None:
    first, again, other = [await demo.complete(ask(text)) for text in ("one", "one", "two")]
    assert first == again != other


@pytest.mark.parametrize("text", ["a\u2028b\u0085c\r\nd", "/cut 5 stays", "<b>&amp;\n\n\ttab 😀"])
async def test_echo_sends_the_text_back_exactly(demo: InferenceClient, ask: Ask, text: str) -> None:
    assert await demo.complete(ask(f"/echo {text}")) == text


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("/error 401", errors.KeyRefused),
        ("/error 403", errors.ModelNotAllowed),
        ("/error html", errors.TextBlocked),
        ("/error 429", errors.RateLimited),
        ("/error 500", errors.ServiceFailed),
        ("/error 503", errors.ServiceUnavailable),
        ("/cut 3", errors.Interrupted),
        ("/garbage", errors.UnreadableReply),
    ],
)
async def test_faults_on_demand(
    demo: InferenceClient, ask: Ask, command: str, kind: type[InferenceError]
) -> None:
    _, error = await failure(demo, ask(f"please {command}"))
    assert type(error) is kind


async def test_cut_drops_the_connection_after_n_tokens(demo: InferenceClient, ask: Ask) -> None:
    received, error = await failure(demo, ask("/cut 3 /long 50"))
    assert type(error) is errors.Interrupted
    assert received == [TextDelta("Sente"), TextDelta("nce"), TextDelta(" 1")]


async def test_silence_holds_the_answer_back(
    demo: InferenceClient, ask: Ask, http: httpx.AsyncClient
) -> None:
    http.timeout = httpx.Timeout(5, read=0.2)
    _, error = await failure(demo, ask("/silent 5"))
    assert type(error) is errors.TimedOut


async def test_reasoning_comes_first(demo: InferenceClient, ask: Ask) -> None:
    kinds = [type(delta) for delta in await collect(demo, ask("/reason"))]
    assert kinds[0] is ReasoningDelta
    assert kinds.index(TextDelta) > max(i for i, k in enumerate(kinds) if k is ReasoningDelta)


async def test_a_tool_call(demo: InferenceClient, ask: Ask) -> None:
    deltas = await collect(demo, ask("/tool"))
    calls = [delta for delta in deltas if isinstance(delta, ToolCallDelta)]
    assert calls[0].name == "current_time"
    assert calls[0].id
    assert "".join(call.arguments for call in calls) == '{"zone": "Europe/Berlin"}'
    assert deltas[-1] == Finished("tool_calls")


async def test_the_token_limit_ends_the_answer(demo: InferenceClient) -> None:
    message = ChatMessage.from_text("user", "/long 500")
    deltas = await collect(demo, CompletionRequest("m", (message,), 40))
    assert deltas[-1] == Finished("length")
    assert sum(isinstance(delta, TextDelta) for delta in deltas) == 40


async def test_emoji_arrive_whole(demo: InferenceClient, ask: Ask) -> None:
    text = await demo.complete(ask("/emoji"))
    assert text.endswith(EMOJI_END)
    assert "👩‍👩‍👧‍👦" in text
    assert "\u2028" in text
    assert "\u0085" in text


@pytest.mark.parametrize(("status", "seconds"), [(503, 0.0), (429, 2.0)])
async def test_flaky_fails_so_many_times_and_then_answers(
    demo: InferenceClient, ask: Ask, naps: list[float], status: int, seconds: float
) -> None:
    deltas = await collect(demo, ask(f"/flaky {status} 2 /long 3"))
    assert [type(delta) for delta in deltas[:2]] == [Waiting, Waiting]
    assert text_of(deltas) == "Sentence 1"
    assert len(naps) == 2
    assert min(naps) >= seconds


async def test_the_second_try_passes_the_firewall(demo: InferenceClient, ask: Ask) -> None:
    text = '<a href="javascript:x" onerror=y>{{ ../ }} http://localhost:3000 10.0.0.7</a>'
    deltas = await collect(demo, ask(f"{text}\n\n/firewall"))
    assert deltas[0] == Adapted("text_rewritten")
    assert deltas[-1] == Finished("stop")


async def test_json_escapes_pass_the_firewall(demo: InferenceClient, ask: Ask) -> None:
    deltas = await collect(demo, ask("<script>{{ x }}{% if %}</script>\n\n/firewall"))
    assert isinstance(deltas[0], TextDelta)


async def test_the_window_makes_the_client_leave_out_turns(demo: InferenceClient) -> None:
    talk = [ChatMessage.from_text(role, "word " * 800) for role in ("user", "assistant")] * 6
    last = ChatMessage.from_text("user", "/window 2000 hello")
    deltas = await collect(demo, CompletionRequest("m", (*talk, last), 100))
    assert isinstance(deltas[0], Adapted)
    assert deltas[0].change == "turns_excluded"
    assert "demo model" in text_of(deltas)


async def test_thinking_is_released_when_the_model_refuses_it(demo: InferenceClient) -> None:
    message = ChatMessage.from_text("user", "/nothinking")
    deltas = await collect(demo, CompletionRequest("m", (message,), 4_096, thinking_budget=1_024))
    assert deltas[0] == Adapted("thinking_off")
    assert not any(isinstance(delta, ReasoningDelta) for delta in deltas)
    assert deltas[-1] == Finished("stop")


async def test_the_other_token_field_is_found(demo: InferenceClient, ask: Ask) -> None:
    deltas = await collect(demo, ask("/newfield /long 3"))
    assert text_of(deltas) == "Sentence 1"


async def test_thinking_takes_its_time(demo: InferenceClient) -> None:
    loop = asyncio.get_running_loop()
    message = ChatMessage.from_text("user", "/think 0.3 /long 3")
    request = CompletionRequest("m", (message,), 4_096, thinking_budget=1_024)
    started = loop.time()
    deltas = await collect(demo, request)
    assert loop.time() - started >= 0.3
    kinds = [type(delta) for delta in deltas if not isinstance(delta, Usage)]
    assert kinds == sorted(kinds, key=[ReasoningDelta, TextDelta, Finished].index)
    assert kinds.count(ReasoningDelta) > 10
    usage = next(delta for delta in deltas if isinstance(delta, Usage))
    assert usage.completion_tokens == kinds.count(ReasoningDelta) + 3


async def test_a_reply_that_hits_the_limit_is_continued(demo: InferenceClient) -> None:
    question = ChatMessage.from_text("user", "/length hi")
    first = await collect(demo, CompletionRequest("m", (question,), 8_192))
    assert first[-1] == Finished("length")
    begun = ChatMessage.from_text("assistant", text_of(first))
    go_on = ChatMessage.from_text("user", "Continue exactly where you stopped. Do not repeat.")
    rest = await collect(demo, CompletionRequest("m", (question, begun, go_on), 8_192))
    assert rest[-1] == Finished("stop")
    whole = await demo.complete(CompletionRequest("m", (ChatMessage.from_text("user", "hi"),), 999))
    assert text_of(first) + text_of(rest) == whole


@pytest.mark.parametrize("command", ["/long 3", "/error 401"])
async def test_every_answer_reports_the_quota(
    demo_url: str, http: httpx.AsyncClient, command: str
) -> None:
    body = {"model": "m", "stream": True, "messages": [{"role": "user", "content": command}]}
    url, headers = f"{demo_url}/v1/chat/completions", {"Authorization": f"Bearer {KEY}"}
    response = await http.post(url, json=body, headers=headers)
    assert response.headers["x-ratelimit-limit-requests"] == "150"
    assert response.headers["x-ratelimit-limit-tokens"] == "800000"
    assert int(response.headers["x-ratelimit-remaining-requests"]) < 150
    assert response.headers["x-ratelimit-reset-tokens"].endswith("s")


async def test_the_pace_is_kept(demo: InferenceClient, ask: Ask) -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    await demo.complete(ask("/rate 100 /long 31"))
    assert loop.time() - started >= 0.3


async def test_a_wrong_key_is_refused(
    connect: Callable[..., InferenceClient], demo_url: str, ask: Ask
) -> None:
    with pytest.raises(errors.KeyRefused):
        await connect(demo_url, key="inf-wrong-key").complete(ask("Hi"))


async def test_health_needs_no_key(http: httpx.AsyncClient, demo_url: str) -> None:
    assert (await http.get(f"{demo_url}/healthz")).status_code == 200
    assert (await http.get(f"{demo_url}/nothing")).status_code == 404


async def test_a_whole_answer_without_stream(http: httpx.AsyncClient, demo_url: str) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "/echo hi"}]}
    headers = {"Authorization": f"Bearer {KEY}"}
    response = await http.post(f"{demo_url}/v1/chat/completions", json=body, headers=headers)
    assert response.json()["choices"][0]["message"]["content"] == "hi"
    assert response.json()["usage"]["completion_tokens"] == 1


def test_a_bad_rate_stops_the_start_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT_DEMO_RATE", "fast")
    command = [sys.executable, "-m", "chatapp.inference.demo"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert result.returncode == 2
    assert "CHAT_DEMO_RATE must be a number" in result.stderr
