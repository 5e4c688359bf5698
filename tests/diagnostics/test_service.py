"""Whether the model service answers and accepts the key."""

import re

import pytest
from pytest_django import Settings

from chatapp.diagnostics.checks import model_service
from chatapp.inference import Service
from tests.diagnostics.conftest import KEY, Serve
from tests.inference.wire import BLOCKED, HELLO, in_turn, refusal, writes_and_closes

pytestmark = pytest.mark.usefixtures("no_ledger")


async def test_an_answer_is_green_and_costs_one_token(serve: Serve) -> None:
    asked = await serve()

    result = await model_service.check_service()

    assert result.level == "green"
    answered = r"Compatible server at 127\.0\.0\.1: claude-sonnet-4-6 answered within \d+\.\d s\."
    assert re.search(answered, result.found)
    assert [body["max_tokens"] for body in asked.bodies] == [1]
    assert f"authorization: bearer {KEY}" in asked.heads[0]


async def test_the_other_name_of_the_token_limit_is_tried(serve: Serve) -> None:
    asked = await serve(in_turn(refusal(400, "max_tokens is not supported"), HELLO))

    assert (await model_service.check_service()).level == "green"
    assert asked.bodies[1]["max_completion_tokens"] == 1


async def test_the_other_spelling_of_a_model_is_green(serve: Serve) -> None:
    asked = await serve(in_turn(refusal(404, "The model `x` does not exist."), HELLO))

    assert (await model_service.check_service()).level == "green"
    models = [body["model"] for body in asked.bodies]
    assert models == ["claude-sonnet-4-6", "claude-4-6-sonnet"]


async def test_a_wrong_key_is_red_with_the_command_that_sets_another(
    serve: Serve, on_dyno: None
) -> None:
    await serve(refusal(401, f"no such key: {KEY}"))

    result = await model_service.check_service()

    assert result.level == "red"
    assert result.found.startswith("The service doesn't accept the key.")
    assert result.command == "heroku config:set INFERENCE_KEY=inf-…"
    assert KEY not in str(result)


@pytest.mark.parametrize(
    ("answer", "level", "words", "command"),
    [
        (refusal(429, "quota"), "yellow", "too many requests", ""),
        (refusal(403, "no"), "red", "no access to this model", "heroku-inference:standard"),
        (refusal(404), "red", "no model at this address", "INFERENCE_URL=https://us."),
        (refusal(503), "red", "available right now", ""),
        (refusal(402), "red", "credit or budget", ""),
        (refusal(400, "Invalid model name"), "red", "doesn't offer this model", ""),
        (refusal(400, "odd"), "red", "refused this request", ""),
        (BLOCKED, "red", "content filter", ""),
        (writes_and_closes(b""), "red", "couldn't be reached", ""),
    ],
)
async def test_other_failures_are_explained(
    serve: Serve, on_dyno: None, answer: bytes, level: str, words: str, command: str
) -> None:
    await serve(answer)

    result = await model_service.check_service()

    assert result.level == level
    assert words in result.found
    assert command in result.command


async def test_a_service_that_is_away_is_red(settings: Settings) -> None:
    settings.SERVICE = Service("compatible", "http://127.0.0.1:1", KEY)

    result = await model_service.check_service()

    assert result.level == "red"
    assert "couldn't be reached" in result.found


async def test_the_demo_model_is_yellow(serve: Serve, settings: Settings) -> None:
    settings.SERVICE = Service("demo", (await serve()).url)

    result = await model_service.check_service()

    assert result.level == "yellow"
    assert "not an AI" in result.found
    assert "make run" in result.command


async def test_no_service_is_yellow_here_and_red_on_a_dyno(
    no_service: None, settings: Settings
) -> None:
    here = await model_service.check_service()
    settings.ON_DYNO = True
    there = await model_service.check_service()

    assert (here.level, there.level) == ("yellow", "red")
    assert "demo model" in here.found
    assert there.command == "heroku addons:create heroku-inference:standard"
