"""Requests that the service does not take as they are go out changed, and the person hears how."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from chatapp.inference import errors
from chatapp.inference import prepared as preparing
from chatapp.inference.catalog import Model
from chatapp.inference.types import (
    Adapted,
    ChatMessage,
    CompletionRequest,
    ImagePart,
    Usage,
)

from .conftest import ANSWER, Ask, Connect, Serve, all_of, failure
from .wire import (
    BLOCKED,
    HELLO,
    in_turn,
    refusal,
    writes,
)


async def test_the_other_limit_field_is_found_and_remembered_for_the_model(
    serve: Serve, connect: Connect, ask: Ask, naps: list[float]
) -> None:
    no = refusal(400, "unrecognized request argument: max_tokens")
    server = await serve(in_turn(no, HELLO))
    client = connect(server.url)
    assert await all_of(client, ask("Hi")) == ANSWER
    assert (server.body(0)["max_tokens"], server.body(1)["max_completion_tokens"]) == (8192, 8192)
    assert await all_of(client, ask("Hi")) == ANSWER
    assert "max_completion_tokens" in server.body()
    assert await all_of(client, replace(ask("Hi"), model="other")) == ANSWER
    assert "max_tokens" in server.body()
    assert len(server.requests) == 4
    assert naps == []


async def test_a_limit_field_that_did_not_help_is_not_remembered(
    serve: Serve, connect: Connect, ask: Ask
) -> None:
    server = await serve(writes(refusal(400, "unrecognized request argument: max_tokens")))
    client = connect(server.url)
    for _ in range(2):
        await failure(client, ask("Hi"))
    assert ["max_tokens" in server.body(n) for n in range(4)] == [True, False, True, False]


async def test_thinking_is_turned_off_once_and_announced(
    serve: Serve, connect: Connect, ask: Ask, naps: list[float]
) -> None:
    no = refusal(400, "max_tokens must be greater than thinking.budget_tokens")
    server = await serve(in_turn(no, HELLO))
    request = replace(ask("Hi"), thinking_budget=2_000)
    assert await all_of(connect(server.url), request) == [Adapted("thinking_off"), *ANSWER]
    assert "extended_thinking" in server.body(0)
    assert "extended_thinking" not in server.body(1)
    assert naps == []


async def test_sampling_is_released(serve: Serve, connect: Connect, ask: Ask) -> None:
    server = await serve(in_turn(refusal(400, "`temperature` is deprecated"), HELLO))
    assert await all_of(connect(server.url), replace(ask("Hi"), temperature=0.5)) == [
        Adapted("sampling_off"),
        *ANSWER,
    ]
    assert "temperature" in server.body(0)
    assert "temperature" not in server.body(1)


async def test_a_blocked_text_goes_out_rewritten_once(
    serve: Serve, connect: Connect, ask: Ask, naps: list[float]
) -> None:
    server = await serve(in_turn(BLOCKED, HELLO))
    request = ask("See <script> and ../etc")
    assert await all_of(connect(server.url), request) == [Adapted("text_rewritten"), *ANSWER]
    assert server.body()["messages"][0]["content"] == "See < script> and .. /etc"
    assert naps == []
    server = await serve(writes(BLOCKED))
    deltas, error = await failure(connect(server.url), request)
    assert deltas == [Adapted("text_rewritten")]
    assert type(error) is errors.TextBlocked
    assert len(server.requests) == 2


def long_request(turns: int = 12) -> CompletionRequest:
    texts = (ChatMessage.from_text("user", f"{n} " + "some " * 500) for n in range(turns))
    return CompletionRequest("m", tuple(texts), 1_000)


async def test_an_overflow_is_shortened_twice_and_reported(serve: Serve, connect: Connect) -> None:
    no = refusal(400, "Input is too long for requested model.")
    server = await serve(in_turn(no, refusal(413), HELLO))
    first, second, *answer = await all_of(connect(server.url), long_request())
    assert (first, second) == (Adapted("turns_excluded", 3), Adapted("turns_excluded", 6))
    assert answer == ANSWER
    assert server.body()["messages"][0]["content"].startswith("6 some")
    server = await serve(writes(no))
    _, error = await failure(connect(server.url), long_request())
    assert type(error) is errors.ConversationTooLong
    assert len(server.requests) == 3


async def test_a_request_that_cannot_fit_is_never_sent(serve: Serve, connect: Connect) -> None:
    server = await serve(writes(HELLO))
    client = connect(server.url, catalog={"m": Model("m", "M", context_window=4_000)})
    adapted, *answer = await all_of(client, long_request())
    assert isinstance(adapted, Adapted)
    assert adapted.change == "turns_excluded"
    assert answer == ANSWER
    assert adapted.count == 8
    assert server.body()["messages"][0]["content"].startswith("8 some")


async def test_changes_are_no_retries_and_are_announced_once(
    serve: Serve, connect: Connect, ask: Ask, naps: list[float]
) -> None:
    faults = [
        refusal(400, "thinking"),
        refusal(503),
        refusal(400, "max_tokens"),
        BLOCKED,
        refusal(503),
        refusal(503),
    ]
    server = await serve(in_turn(*faults, HELLO))
    request = replace(ask("<b>"), thinking_budget=2_000)
    deltas = await all_of(connect(server.url), request)
    assert [d for d in deltas if isinstance(d, Adapted)] == [
        Adapted("thinking_off"),
        Adapted("text_rewritten"),
    ]
    assert naps == [1.0, 2.0, 4.0]
    assert deltas[-4:] == ANSWER


def with_image(url: str = "data:image/png;base64,AAAA") -> CompletionRequest:
    return CompletionRequest("m", (ChatMessage("user", (ImagePart(url),)),), 10)


async def test_headers(serve: Serve, connect: Connect, ask: Ask) -> None:
    server = await serve(writes(HELLO))
    await connect(server.url).complete(ask("Hi"))
    assert server.header("accept-encoding") == "identity"
    assert server.header("x-forwarded-proto") is None
    assert server.header("x-heroku-prompt-caching") is None
    await connect(server.url, prompt_caching=False).complete(with_image())
    assert server.header("x-forwarded-proto") == "https"
    assert server.header("x-heroku-prompt-caching") == "false"


async def test_too_many_bytes_of_images_are_excluded_and_announced(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "MAX_REQUEST_BYTES", 2_000)
    server = await serve(writes(HELLO))
    deltas = await all_of(connect(server.url), with_image("data:" + "A" * 2_000))
    assert deltas == [Adapted("images_excluded", 1), *ANSWER]
    assert server.header("x-forwarded-proto") is None


async def test_too_many_bytes_of_text_are_not_sent(
    serve: Serve, connect: Connect, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "MAX_REQUEST_BYTES", 2_000)
    server = await serve(writes(HELLO))
    _, error = await failure(connect(server.url), ask("A" * 2_000))
    assert type(error) is errors.ConversationTooLong
    assert server.requests == []


@pytest.mark.parametrize(("characters", "on_loop"), [(10, True), (1_000_000, False)])
async def test_a_large_request_is_encoded_off_the_loop(
    serve: Serve,
    connect: Connect,
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
    characters: int,
    on_loop: bool,
) -> None:
    threads: list[int] = []
    encode = preparing.encode

    def recording(*args: Any, **kwargs: Any) -> bytes:
        threads.append(threading.get_ident())
        return encode(*args, **kwargs)

    monkeypatch.setattr(preparing, "encode", recording)
    await connect((await serve(writes(HELLO))).url).complete(ask("x" * characters))
    assert [thread == threading.get_ident() for thread in threads] == [on_loop]


async def test_the_usage_names_the_spelling_that_was_answered(
    serve: Serve, connect: Connect, ask: Ask
) -> None:
    server = await serve(in_turn(refusal(404, "The model `x` does not exist."), HELLO))
    asked = replace(ask("Hi"), model="claude-sonnet-4-6")
    deltas = await all_of(connect(server.url), asked)
    assert [one.model for one in deltas if isinstance(one, Usage)] == ["claude-4-6-sonnet"]
