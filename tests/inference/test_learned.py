"""What refusals teach about a model: asked again at once, known from then on, and forgotten."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chatapp.inference import errors
from chatapp.inference.catalog import Model, load_catalog
from chatapp.inference.knowledge import VALID_SECONDS, Fact, Learned, ModelKnowledge, make_fact
from chatapp.inference.types import (
    Adapted,
    ChatMessage,
    CompletionRequest,
    ImagePart,
    TextPart,
    Tool,
    ToolCallPart,
    ToolResultPart,
)
from tests.diagnostics.model_service import ModelService, running

from .conftest import ANSWER, Ask, Connect, Serve, all_of, failure
from .wire import HELLO, in_turn, plain, refusal, writes

CLAUDE = "claude-sonnet-4-6"
UNKNOWN = refusal(404, "The model `x` does not exist.")
NOT_ALLOWED = refusal(403, "The key has no access to this model.")
LIMIT = "max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens"
VLLM = (
    "'max_tokens' or 'max_completion_tokens' is too large: 8192. This model's maximum context"
    " length is 8192 tokens and your request has 900 input tokens (8192 > 8192 - 900)."
)
NO_BUDGET = (
    '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and'
    ' "output_config.effort" to control thinking behavior.'
)
TOOL = Tool("look", "Looks.", {"type": "object"})


def about(model: str = CLAUDE, **options: Any) -> CompletionRequest:
    return CompletionRequest(model, (ChatMessage.from_text("user", "Hi"),), 8_192, **options)


def with_image() -> CompletionRequest:
    message = ChatMessage("user", (ImagePart("data:image/png;base64,AAAA"), TextPart("This?")))
    return CompletionRequest("m", (message,), 10)


@pytest.mark.parametrize(
    ("words", "request_", "changes", "learned", "sent"),
    [
        (UNKNOWN, about(), [], Learned(sent_as="claude-4-6-sonnet"), {}),
        (refusal(403, "no access"), about(), [], Learned(sent_as="claude-4-6-sonnet"), {}),
        (
            refusal(400, LIMIT),
            about(),
            [Adapted("output_limited", 4_096)],
            Learned(max_output=4_096),
            {"max_tokens": 4_096},
        ),
        (
            refusal(400, VLLM),
            about("m"),
            [Adapted("output_limited", 7_276)],
            Learned(context_window=8_192),
            {},
        ),
        (
            refusal(400, "`temperature` is deprecated for this model."),
            about(temperature=0.5),
            [Adapted("sampling_off")],
            Learned(sampling="off"),
            {"temperature": None},
        ),
        (
            refusal(400, NO_BUDGET),
            about(thinking_budget=2_048),
            [],
            Learned(thinking="effort"),
            {"extended_thinking": None, "reasoning_effort": "medium"},
        ),
        (
            refusal(400, "extended_thinking is not supported for this model"),
            about(thinking_budget=2_048),
            [Adapted("thinking_off")],
            Learned(thinking="off"),
            {"extended_thinking": None, "reasoning_effort": None},
        ),
        (
            refusal(404, "No endpoints found that support image input"),
            with_image(),
            [Adapted("images_unsupported", 1)],
            Learned(vision="off"),
            {},
        ),
    ],
)
async def test_what_a_refusal_names_is_done_at_once_and_known_from_then_on(
    serve: Serve,
    connect: Connect,
    naps: list[float],
    words: bytes,
    request_: CompletionRequest,
    changes: list[Adapted],
    learned: Learned,
    sent: dict[str, Any],
) -> None:
    server = await serve(in_turn(words, HELLO))
    knowledge = ModelKnowledge()
    client = connect(server.url, knowledge=knowledge)

    assert await all_of(client, request_) == [*changes, *ANSWER]
    assert knowledge.of(request_.model) == learned
    assert {name: server.body().get(name) for name in sent} == sent
    second = server.body()
    await all_of(client, request_)
    assert len(server.requests) == 3
    assert {**server.body(), "max_tokens": 0} == {**second, "max_tokens": 0}
    assert naps == []


async def test_a_limit_is_announced_only_when_it_is_found(
    serve: Serve, connect: Connect, ask: Ask
) -> None:
    client = connect((await serve(in_turn(refusal(400, LIMIT), HELLO))).url)
    assert await all_of(client, ask("Hi")) == [Adapted("output_limited", 4_096), *ANSWER]
    assert await all_of(client, ask("Hi")) == ANSWER


async def test_what_did_not_help_is_not_learned(serve: Serve, connect: Connect) -> None:
    server = await serve(writes(UNKNOWN))
    knowledge = ModelKnowledge()
    _, error = await failure(connect(server.url, knowledge=knowledge), about())
    assert type(error) is errors.ModelNotOffered
    models = [server.body(n)["model"] for n in range(2)]
    assert models == [CLAUDE, "claude-4-6-sonnet"]
    assert knowledge.of(CLAUDE) == Learned()


async def test_a_spelling_that_is_refused_later_is_swapped_back(
    serve: Serve, connect: Connect
) -> None:
    knowledge = ModelKnowledge()
    knowledge.learn(CLAUDE, Learned(sent_as="claude-4-6-sonnet"))
    server = await serve(in_turn(UNKNOWN, HELLO))
    assert await all_of(connect(server.url, knowledge=knowledge), about()) == ANSWER
    assert server.body()["model"] == CLAUDE


LIST = [
    {"model_id": "claude-4-6-sonnet", "state": "active"},
    {"model_id": "old", "state": "deprecated", "replacement_model": "claude-4-6-sonnet"},
]


async def test_the_replacement_that_the_service_names_answers_and_the_reply_says_so(
    connect: Connect,
) -> None:
    service = ModelService(in_turn(UNKNOWN, HELLO), plain("200 OK", json.dumps(LIST).encode()))
    async with running(service):
        client = connect(service.url, catalog=load_catalog('[{"id": "old"}]'))
        replaced = Adapted("model_replaced", detail="Claude Sonnet 4.6")
        for _ in range(2):
            assert await all_of(client, about("old")) == [replaced, *ANSWER]
    assert [body["model"] for body in service.bodies] == ["old", *2 * ["claude-4-6-sonnet"]]
    assert client.knowledge.of("old") == Learned(replacement="claude-4-6-sonnet")


async def test_a_replacement_that_is_gone_too_is_not_replaced_again(connect: Connect) -> None:
    service = ModelService(writes(UNKNOWN), plain("200 OK", json.dumps(LIST).encode()))
    async with running(service):
        _, error = await failure(connect(service.url), about("old"))
    assert type(error) is errors.ModelNotOffered
    models = [body["model"] for body in service.bodies]
    assert models == ["old", "claude-4-6-sonnet", "claude-sonnet-4-6"]


@pytest.mark.parametrize("refusal_", [UNKNOWN, NOT_ALLOWED], ids=["not offered", "not allowed"])
async def test_a_replacement_that_is_refused_later_is_unlearned(
    connect: Connect, refusal_: bytes
) -> None:
    knowledge = ModelKnowledge()
    knowledge.learn("old", Learned(replacement="gone"))
    listing = plain("200 OK", json.dumps(LIST).encode())
    service = ModelService(in_turn(refusal_, UNKNOWN, HELLO), listing)
    async with running(service):
        deltas = await all_of(connect(service.url, knowledge=knowledge), about("old"))
    assert deltas == [Adapted("model_replaced", detail="Claude Sonnet 4.6"), *ANSWER]
    assert [body["model"] for body in service.bodies] == ["gone", "old", "claude-4-6-sonnet"]
    assert knowledge.of("old") == Learned(replacement="claude-4-6-sonnet")


async def test_a_spelling_of_the_list_that_is_refused_later_is_unlearned(
    serve: Serve, connect: Connect
) -> None:
    knowledge = ModelKnowledge()
    knowledge.learn("old", Learned(replacement="new"))
    knowledge.learn("new", Learned(sent_as="vendor/new"))
    server = await serve(in_turn(UNKNOWN, UNKNOWN, HELLO))
    assert await all_of(connect(server.url, knowledge=knowledge), about("old")) == ANSWER
    assert [server.body(n)["model"] for n in range(3)] == ["vendor/new", "new", "old"]
    assert (knowledge.of("old"), knowledge.of("new")) == (Learned(), Learned())


async def test_a_model_that_is_listed_as_its_own_replacement_is_not_asked_for_ever(
    connect: Connect,
) -> None:
    entries = [{"model_id": "old", "replacement_model": "old"}]
    service = ModelService(writes(UNKNOWN), plain("200 OK", json.dumps(entries).encode()))
    async with running(service):
        await failure(connect(service.url), about("old"))
    assert len(service.bodies) == 1


async def test_an_id_of_the_list_in_a_third_spelling_is_used(connect: Connect) -> None:
    listing = plain("200 OK", b'{"data": [{"id": "anthropic/claude-sonnet-4.6"}]}')
    service = ModelService(in_turn(UNKNOWN, UNKNOWN, HELLO), listing)
    async with running(service):
        assert await all_of(connect(service.url), about()) == ANSWER
    assert service.bodies[-1]["model"] == "anthropic/claude-sonnet-4.6"


async def test_an_unknown_claude_starts_without_sampling_and_budgets(
    serve: Serve, connect: Connect
) -> None:
    server = await serve(writes(HELLO))
    client = connect(server.url, catalog=load_catalog('[{"id": "claude-opus-5-5"}]'))
    thoughtful = about("claude-opus-5-5", thinking_budget=4_000)
    assert await all_of(client, thoughtful) == ANSWER
    assert server.body()["reasoning_effort"] == "high"
    warm = about("claude-opus-5-5", temperature=0.5)
    assert await all_of(client, warm) == [Adapted("sampling_off"), *ANSWER]
    assert server.body().keys() & {"temperature", "extended_thinking"} == set()


async def test_the_other_form_of_thinking_may_be_refused_too(
    serve: Serve, connect: Connect
) -> None:
    no_effort = refusal(400, "unrecognized request argument: reasoning_effort")
    server = await serve(in_turn(refusal(400, NO_BUDGET), no_effort, HELLO))
    client = connect(server.url)
    request = about(thinking_budget=1_024)
    assert await all_of(client, request) == [Adapted("thinking_off"), *ANSWER]
    assert client.knowledge.of(CLAUDE) == Learned(thinking="off")


async def test_thinking_refused_because_of_this_conversation_is_not_learned(
    serve: Serve, connect: Connect
) -> None:
    no = refusal(400, "Expected `thinking` or `redacted_thinking`, but found `text`")
    client = connect((await serve(in_turn(no, HELLO))).url)
    assert await all_of(client, about(thinking_budget=1_024)) == [
        Adapted("thinking_off"),
        *ANSWER,
    ]
    assert client.knowledge.of(CLAUDE) == Learned()


async def test_a_small_window_leaves_room_for_the_question_and_the_answer(
    serve: Serve, connect: Connect
) -> None:
    server = await serve(writes(HELLO))
    knowledge = ModelKnowledge()
    knowledge.learn("m", Learned(context_window=8_192))
    client = connect(server.url, catalog={"m": Model("m", "M")}, knowledge=knowledge)
    turns = tuple(ChatMessage.from_text("user", f"{n} " + "some " * 900) for n in range(20))
    await all_of(client, CompletionRequest("m", turns, 8_192))
    kept = server.body()["messages"][0]["content"]
    assert 4 <= kept.count("some") // 900 <= 7
    assert 1_024 <= server.body()["max_tokens"] <= 4_096


# Failures that come again and name no cause: suspect parts are left out, images first.

CALLED = (
    ChatMessage("assistant", (ToolCallPart("1", "look", "{}"),)),
    ChatMessage("tool", (ToolResultPart("1", '{"there": "a cat"}'),)),
)


@pytest.mark.parametrize("status", [500, 503, 400])
async def test_after_repeated_failures_the_images_are_left_out_first(
    serve: Serve, connect: Connect, naps: list[float], status: int
) -> None:
    tries = {500: 2, 503: 4, 400: 1}[status]
    server = await serve(in_turn(*[refusal(status, "odd")] * tries, HELLO))
    client = connect(server.url)
    deltas = await all_of(client, replace(with_image(), tools=(TOOL,)))
    assert deltas[len(naps) :] == [Adapted("images_suspected", 1), *ANSWER]
    assert "image_url" not in json.dumps(server.body())
    assert "tools" in server.body()
    assert len(server.requests) == tries + 1
    assert client.knowledge.of("m") == Learned()


async def test_then_tools_then_thinking_and_nothing_is_announced_that_did_not_help(
    serve: Serve, connect: Connect
) -> None:
    request = replace(with_image(), messages=(*with_image().messages, *CALLED), tools=(TOOL,))
    server = await serve(in_turn(*[refusal(500)] * 3, HELLO))
    *_, images, tools, _1, _2, _3, _4 = await all_of(connect(server.url), request)
    assert (images, tools) == (Adapted("images_suspected", 1), Adapted("tools_off"))
    assert "a cat" in server.body()["messages"][-1]["content"]

    server = await serve(writes(refusal(400, "odd")))
    deltas, error = await failure(connect(server.url), about(thinking_budget=2_000, top_p=0.5))
    assert (deltas, type(error)) == ([], errors.RequestRefused)
    bodies = [server.body(n) for n in range(3)]
    fields = [body.keys() & {"extended_thinking", "top_p"} for body in bodies]
    assert fields == [{"extended_thinking"}, {"top_p"}, set()]


@pytest.mark.parametrize(
    "answer",
    [
        refusal(401),
        refusal(404),
        refusal(402),
        refusal(503, "later", Retry_After="600"),
        refusal(400, "content_filter"),
    ],
)
async def test_other_failures_suspect_nothing(
    serve: Serve, connect: Connect, answer: bytes
) -> None:
    server = await serve(writes(answer))
    await failure(connect(server.url), with_image())
    assert len(server.requests) == 1


async def test_a_body_that_is_too_large_for_a_proxy_goes_without_its_images(
    serve: Serve, connect: Connect
) -> None:
    page = plain("413 Too Large", b"<html>413 Request Entity Too Large</html>", "text/html")
    server = await serve(in_turn(page, HELLO))
    deltas = await all_of(connect(server.url), with_image())
    assert deltas == [Adapted("images_suspected", 1), *ANSWER]


# Knowledge itself


def test_facts_end() -> None:
    now = [1_000.0]
    stored: list[Fact] = []
    knowledge = ModelKnowledge(stored.append, lambda: now[0])
    knowledge.learn("m", Learned(max_output=4_096, thinking="off"))
    knowledge.learn("m", Learned(max_output=4_096))
    assert stored == [
        Fact("m", "max_output", 4_096, 1_000 + VALID_SECONDS),
        Fact("m", "thinking", "off", 1_000 + VALID_SECONDS),
    ]
    assert knowledge.of("m") == Learned(max_output=4_096, thinking="off")
    assert knowledge.of("other") == Learned()
    now[0] += VALID_SECONDS
    assert knowledge.of("m") == Learned()


def test_an_unlearned_fact_is_reported_once() -> None:
    removed: list[Fact] = []
    knowledge = ModelKnowledge(on_unlearned=removed.append)
    knowledge.learn("m", Learned(replacement="n", vision="off"))
    assert [knowledge.unlearn("m", "replacement") for _ in range(2)] == [True, False]
    assert [(fact.name, fact.value) for fact in removed] == [("replacement", "n")]
    assert knowledge.of("m") == Learned(vision="off")


def test_facts_are_replaced_by_those_of_the_database() -> None:
    knowledge = ModelKnowledge()
    knowledge.learn("m", Learned(sampling="off"))
    knowledge.replace_all([Fact("n", "vision", "off", 9e12)])
    assert (knowledge.of("m"), knowledge.of("n")) == (Learned(), Learned(vision="off"))


@pytest.mark.parametrize(
    ("name", "value", "is_usable"),
    [
        ("max_output", 4_096, True),
        ("max_output", 0, False),
        ("max_output", True, False),
        ("max_output", "4096", False),
        ("sent_as", "x", True),
        ("sent_as", "", False),
        ("thinking", "effort", True),
        ("thinking", "loud", False),
        ("token_field", "max_tokens", True),
        ("token_field", ["max_tokens"], False),
        ("from_the_future", 1, False),
    ],
)
def test_a_fact_of_another_version_is_ignored(name: str, value: object, is_usable: bool) -> None:
    assert (make_fact("m", name, value, 1.0) is not None) is is_usable
