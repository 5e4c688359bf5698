"""The questions about a service: each finding in both directions, with servers that accept or
refuse one thing, and all of them with the demo model."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from chatapp.inference import errors, questions
from chatapp.inference.catalog import Model, load_catalog
from chatapp.inference.probe import Prober, Seen
from chatapp.inference.questions import ask_all
from chatapp.inference.reports import Finding, improve, model_list, verdict
from chatapp.inference.service import Service
from chatapp.inference.types import TextDelta

from .conftest import KEY, FaultServer, Serve
from .wire import BLOCKED, OK, chunk, event, plain, refusal, text_event

# aiohttp warns of every body above 1 MB. Writing one takes the loop a few milliseconds.
pytestmark = pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")

MODELS = list(load_catalog().values())
IDS = [model.id for model in MODELS]
FIRST = MODELS[0]
SECRET = "correct-horse-battery"  # does not look like a key

Rule = Callable[[dict[str, Any]], bytes | None]  # an answer to a body, None for a good one
Start = Callable[[Rule], Awaitable[tuple[Prober, FaultServer]]]


def stream(*events: bytes) -> bytes:
    return OK + chunk(b"".join(events) + b"data: [DONE]\n\n") + b"0\r\n\r\n"


YES = stream(text_event("Yes"))
THOUGHT = event(reasoning={"thinking": "Hm"})


@pytest.fixture
async def start(serve: Serve, http: httpx.AsyncClient) -> Start:
    async def serving(rule: Rule) -> tuple[Prober, FaultServer]:
        async def answer(writer: asyncio.StreamWriter) -> None:
            writer.write(rule(server.body()) or YES)
            await writer.drain()

        server = await serve(answer)
        return Prober(Service("compatible", server.url, SECRET), http, seconds=5), server

    return serving


def has_image(body: dict[str, Any]) -> bool:
    return "image_url" in json.dumps(body)


# --- The name of the limit


async def test_an_accepted_name_of_the_limit_is_kept(start: Start) -> None:
    prober, server = await start(lambda body: None)
    finding = await questions.token_field(prober, MODELS)
    assert finding.answer == "max_tokens: accepted; max_completion_tokens: accepted."
    assert finding.improvements == {}
    assert [server.body(n).get("max_tokens") for n in (0, 1)] == [64, None]
    assert server.body().get("max_completion_tokens") == 64


@pytest.mark.parametrize(
    ("has", "takes"),
    [("max_tokens", "max_completion_tokens"), ("max_completion_tokens", "max_tokens")],
)
async def test_the_other_name_of_the_limit_is_proposed(start: Start, has: Any, takes: str) -> None:
    prober, _ = await start(lambda body: refusal(400, f"no {has} here") if has in body else None)
    models = [replace(model, token_field=has) for model in MODELS]
    finding = await questions.token_field(prober, models)
    assert f"{has}: refused (400 RequestRefused: no {has} here); {takes}: acc" in finding.answer
    assert finding.improvements == {model_id: {"token_field": takes} for model_id in IDS}


async def test_a_question_uses_the_findings_of_the_last_one(start: Start) -> None:
    def rule(body: dict[str, Any]) -> bytes | None:
        return refusal(400, "max_tokens is unknown, thinking too") if "max_tokens" in body else None

    prober, server = await start(rule)
    findings = {f.question: f async for f in ask_all(prober, MODELS)}
    assert [f.improvements for f in findings.values() if "thinking" in f.question] == [{}]
    assert ["max_tokens" in server.body(n) for n in range(3)] == [True, False, False]


@pytest.mark.parametrize(
    ("answer", "error", "calls"),
    [
        (refusal(401), errors.KeyRefused, 1),
        (refusal(403), errors.ModelNotAllowed, 1),
        (refusal(404), errors.WrongAddress, 1),
        (refusal(503), errors.ServiceUnavailable, 1),
        (BLOCKED, errors.TextBlocked, 1),
        (plain("200 OK", b"<html>", "text/html"), errors.UnreadableReply, 1),
        (refusal(400, "no such model"), errors.ModelNotOffered, 1),
        (refusal(400, "no such thing"), errors.RequestRefused, 2),
    ],
)
async def test_no_more_calls_are_made_when_the_simplest_call_fails(
    start: Start, answer: bytes, error: type[errors.InferenceError], calls: int
) -> None:
    prober, _ = await start(lambda body: answer)
    with pytest.raises(error):
        [finding async for finding in ask_all(prober, MODELS)]
    assert prober.calls == calls


# --- Images


async def test_images_that_are_seen_change_nothing(start: Start) -> None:
    prober, server = await start(lambda body: stream(text_event("A RED square.")))
    finding = await questions.images(prober, MODELS)
    assert finding.answer.startswith(f"{IDS[0]}: accepted, and its colour seen; {IDS[1]}: acc")
    assert finding.answer.endswith("One of 4 MB: accepted.")
    assert finding.improvements == {}
    assert max(map(len, server.requests)) > 4_000_000
    assert [server.body(n)["model"] for n in range(3)] == [*IDS, IDS[0]]


async def test_a_colour_within_a_word_does_not_count(start: Start) -> None:
    blind = [replace(FIRST, vision=False)]
    prober, _ = await start(lambda body: stream(text_event("I referred to nothing.")))
    finding = await questions.images(prober, blind)
    assert "but the answer is “I referred to nothing.”" in finding.answer
    assert finding.improvements == {}


async def test_vision_that_the_catalogue_lacks_is_proposed(start: Start) -> None:
    prober, _ = await start(lambda body: stream(text_event("Red")))
    finding = await questions.images(prober, [replace(FIRST, vision=False)])
    assert finding.improvements == {FIRST.id: {"vision": True}}


@pytest.mark.parametrize(
    ("answer", "improvements"),
    [
        (refusal(400, "image_url is not supported"), {FIRST.id: {"vision": False}}),
        (refusal(400, "out of order"), {}),
        (refusal(500, "image"), {}),
        (BLOCKED, {}),
    ],
)
async def test_only_a_refusal_that_names_the_image_turns_vision_off(
    start: Start, answer: bytes, improvements: dict[str, Any]
) -> None:
    prober, _ = await start(lambda body: answer if has_image(body) else None)
    assert (await questions.images(prober, [FIRST])).improvements == improvements
    assert (await questions.images(prober, [replace(FIRST, vision=False)])).improvements == {}


async def test_a_large_image_can_be_refused_alone(start: Start) -> None:
    def rule(body: dict[str, Any]) -> bytes | None:
        return refusal(413) if len(json.dumps(body)) > 1_000_000 else stream(text_event("red"))

    prober, _ = await start(rule)
    finding = await questions.images(prober, [FIRST])
    assert "seen. One of 4 MB: refused (413 ConversationTooLong: " in finding.answer


# --- The limit of a reply


@pytest.mark.parametrize(
    ("model", "asked", "improvements"),
    [
        (FIRST, 64_000, {"max_output": 64_000}),
        (replace(FIRST, max_output=64_000), 64_000, {}),
        (replace(FIRST, max_output=100_000), 64_000, {}),
        (replace(FIRST, context_window=16_000, max_output=4_000), 8_000, {"max_output": 8_000}),
    ],
)
async def test_a_higher_limit_is_proposed_if_the_window_allows_it(
    start: Start, model: Model, asked: int, improvements: dict[str, int]
) -> None:
    prober, server = await start(lambda body: None)
    finding = await questions.max_output(prober, [model])
    assert server.body()["max_tokens"] == asked
    assert finding.improvements == ({model.id: improvements} if improvements else {})


@pytest.mark.parametrize(
    ("answer", "improvements"),
    [
        (refusal(400, "max_tokens: 64000 > 4,096, the maximum number of output tokens"), 4_096),
        (refusal(400, "max_tokens: 64000 > 32000, the maximum for claude-4-5"), 32_000),
        (refusal(400, "max_tokens: 64000 > 8192"), None),
        (refusal(400, "max_tokens is too large, limit 100"), None),
        (refusal(400, "rule 4096 is broken"), None),
        (refusal(400, "maximum context length is 4096 tokens"), None),
        (refusal(500, "max_tokens 4096"), None),
    ],
)
async def test_a_limit_that_a_refusal_names_is_proposed(
    start: Start, answer: bytes, improvements: int | None
) -> None:
    prober, _ = await start(lambda body: answer)
    finding = await questions.max_output(prober, [FIRST])
    assert finding.improvements == (
        {FIRST.id: {"max_output": improvements}} if improvements else {}
    )


# --- Thinking


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (stream(THOUGHT, text_event("42")), "shown as deltas, without a signature"),
        (stream(THOUGHT, event(reasoning={"signature": "x"})), "deltas, with a signature"),
        (YES, "no reasoning shown, without a signature"),
    ],
)
async def test_the_shape_of_the_thinking_is_reported(
    start: Start, answer: bytes, words: str
) -> None:
    prober, server = await start(lambda body: answer)
    finding = await questions.thinking(prober, [FIRST])
    assert words in finding.answer
    assert finding.improvements == {}
    wanted = {"enabled": True, "budget_tokens": 1_024, "include_reasoning": True}
    assert server.body()["extended_thinking"] == wanted
    assert server.body()["max_tokens"] >= 2_048


@pytest.mark.parametrize(
    ("thinks", "answer", "improvements"),
    [
        (True, refusal(400, "extended_thinking is not supported"), {"thinking": False}),
        (False, refusal(400, "extended_thinking is not supported"), {}),
        (True, refusal(400, "out of order"), {}),
        (True, refusal(429, "no thinking now"), {}),
        (True, stream(THOUGHT), {}),
        (True, stream(THOUGHT, b'data: {"error":{"code":400,"message":"no thinking"}}\n\n'), {}),
        (False, stream(THOUGHT), {"thinking": True}),
        (False, YES, {}),
    ],
)
async def test_thinking_is_proposed_by_what_the_service_shows(
    start: Start, thinks: bool, answer: bytes, improvements: dict[str, bool]
) -> None:
    prober, _ = await start(lambda body: answer)
    finding = await questions.thinking(prober, [replace(FIRST, thinking=thinks)])
    assert finding.improvements == ({FIRST.id: improvements} if improvements else {})


# --- Everything that changes no field


async def test_usage_is_shown_with_all_its_fields(start: Start) -> None:
    counts = iter([{"prompt_tokens": 1_500}, {"prompt_tokens": 9, "cached": {"read": 1_491}}])

    def rule(body: dict[str, Any]) -> bytes:
        return stream(b"data: %s\n\n" % json.dumps({"usage": next(counts)}).encode())

    prober, server = await start(rule)
    finding = await questions.caching(prober, MODELS)
    assert finding.answer == (
        'First {"prompt_tokens": 1500}, then {"prompt_tokens": 9, "cached": {"read": 1491}}.'
    )
    assert server.body(0) == server.body(1)
    assert len(server.body()["messages"][0]["content"]) > 4 * 1_024
    prober, _ = await start(lambda body: refusal(429, "full"))
    finding = await questions.caching(prober, MODELS)
    assert finding.answer.startswith("First not settled (429 RateLimited: full), then not settled")


@pytest.mark.parametrize(
    ("answer", "words"),
    [(YES, "accepted"), (refusal(400, "both"), "refused (400 RequestRefused: both)")],
)
async def test_sampling_fields_go_out_together_once(
    start: Start, answer: bytes, words: str
) -> None:
    prober, server = await start(lambda body: answer)
    assert (await questions.sampling(prober, MODELS)).answer == f"Together: {words}."
    assert (server.body()["temperature"], server.body()["top_p"]) == (0.5, 0.9)


async def test_the_firewall_gets_the_same_text_bare_and_escaped(start: Start) -> None:
    def rule(body: dict[str, Any]) -> bytes | None:
        return BLOCKED if b"<script" in server.requests[-1] else None

    prober, server = await start(rule)
    finding = await questions.firewall(prober, MODELS)
    assert finding.answer.startswith("As it is: refused (403 TextBlocked: ")
    assert finding.answer.endswith("As the app sends it: accepted.")
    bare, escaped = server.requests
    assert server.body(0) == server.body(1)
    assert all(mark in bare for mark in (b"<script", b"{{ user", b"{% if", b"../"))
    assert not any(mark in escaped for mark in (b"<script", b"{{", b"{%"))


async def test_an_error_is_shown_whole_with_the_quotas_of_all_calls(start: Start) -> None:
    def rule(body: dict[str, Any]) -> bytes:
        if not body["messages"]:
            return refusal(400, "messages is required")
        return refusal(429, "full", retry_after="7", x_ratelimit_reset_tokens="51s")

    prober, _ = await start(rule)
    before = await questions.errors_and_quotas(prober, MODELS)
    assert '{"error": {"code": 400, "message": "messages is required"}}' in before.answer
    assert "nothing about quotas" in before.answer
    await questions.sampling(prober, MODELS)
    after = await questions.errors_and_quotas(prober, MODELS)
    assert "retry-after: 7, x-ratelimit-reset-tokens: 51s" in after.answer


# --- All of them


async def test_the_demo_model_settles_everything(demo_url: str, http: httpx.AsyncClient) -> None:
    prober = Prober(Service("compatible", demo_url, KEY), http)
    findings = [finding async for finding in ask_all(prober, MODELS)]
    assert len(findings) == len(questions.QUESTIONS) == 8
    whole = "\n".join(finding.answer for finding in findings)
    assert "not settled" not in whole
    assert whole.count("colour seen") == whole.count("shown as deltas") == 2
    assert "Together: refused" in whole
    assert "x-ratelimit-limit-requests: 150" in whole
    improvements = [finding.improvements for finding in findings if finding.improvements]
    assert improvements == [{model_id: {"max_output": 64_000} for model_id in IDS}]


@pytest.mark.parametrize("count", [1, 2, 3, 12])
async def test_there_are_under_20_calls(start: Start, count: int) -> None:
    models = [Model(f"m{n}", f"M {n}", vision=True, thinking=True) for n in range(count)]
    prober, server = await start(lambda body: None)
    findings = [finding async for finding in ask_all(prober, models)]
    assert prober.calls == len(server.requests) < 20
    asked = {server.body(n)["model"] for n in range(len(server.requests))}
    assert asked == {f"m{n}" for n in range(min(count, questions.MAX_MODELS))}
    assert all(finding.answer for finding in findings)


@pytest.mark.parametrize("padding", [0, 245, 260, 275])
async def test_no_finding_contains_the_key(start: Start, padding: int) -> None:
    """Return whether it comes in an error, in usage, in a header or in the answer; cut or whole."""
    text = "." * padding + SECRET

    def rule(body: dict[str, Any]) -> bytes:
        if not body["messages"] or "top_p" in body:
            return plain("400 No", json.dumps({"oops": text, "message": text}).encode())
        usage = b"data: %s\n\n" % json.dumps({"usage": {"k": text}}).encode()
        good = stream(text_event(text[-90:]), usage)
        return good.replace(b"\r\n\r\n", f"\r\nX-RateLimit-Odd: {SECRET}\r\n\r\n".encode(), 1)

    prober, _ = await start(rule)
    findings = [finding async for finding in ask_all(prober, MODELS)]
    whole = "".join(finding.answer for finding in findings)
    assert SECRET[:8] not in whole
    assert "x-ratelimit-odd: [key]" in whole


async def test_findings_are_kept_when_the_service_fails_later(start: Start) -> None:
    def rule(body: dict[str, Any]) -> bytes | None:
        return None if len(server.requests) < 4 else b"nonsense\r\n\r\n"

    prober, server = await start(rule)
    findings = [finding async for finding in ask_all(prober, MODELS)]
    assert len(findings) == 8
    assert "Together: not settled (Unreachable: The service couldn't be reached.)." in [
        finding.answer for finding in findings
    ]


@pytest.mark.parametrize(
    ("failure", "shown", "words"),
    [
        (None, "", "accepted"),
        (errors.RequestRefused(detail="odd"), "", "refused (200 RequestRefused: odd)"),
        (errors.RequestRefused(detail="odd"), "Hi", "accepted, then 200 RequestRefused: odd"),
        (errors.TimedOut(), "", f"not settled (200 TimedOut: {errors.TimedOut.reason})"),
        (errors.ReplyTooLarge(detail="x"), "", "not settled (200 ReplyTooLarge: x)"),
    ],
)
def test_a_verdict_separates_refusals_from_failures(
    failure: errors.InferenceError | None, shown: str, words: str
) -> None:
    assert verdict(Seen(200, deltas=[TextDelta(shown)], failure=failure)) == words


# --- The catalogue that fits


@pytest.mark.parametrize(
    "models",
    [
        MODELS,
        [replace(FIRST, max_output=64_000, thinking=False), MODELS[1]],
        [replace(FIRST, price_in=None, cache_minimum=None, label="It's “mine”")],
        [Model("x", "X", token_field="max_completion_tokens", vision=True)],
    ],
)
def test_a_model_list_is_read_back_as_the_same_models(models: list[Model]) -> None:
    assert list(load_catalog(model_list(models)).values()) == models


def test_a_model_list_has_only_unknown_fields() -> None:
    models = improve(MODELS, {IDS[1]: {"max_output": 64_000}})
    assert json.loads(model_list(models)) == [{"id": IDS[0]}, {"id": IDS[1], "max_output": 64_000}]


def test_an_improvement_for_one_model_leaves_the_others() -> None:
    improvements = Finding("", "", "", {IDS[1]: {"vision": False}}).improvements
    assert improve(MODELS, improvements) == [FIRST, replace(MODELS[1], vision=False)]
