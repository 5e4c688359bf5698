"""A call of a tool: whatever the model wrote and whatever the tool does, there is an answer."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest
from django.utils.translation import gettext_lazy

from chatapp.tools.decorator import tool
from chatapp.tools.runner import (
    MAX_ARGUMENT_CHARACTERS,
    CallResult,
    describe,
    needs_approval,
    parse_arguments,
    run,
)
from chatapp.tools.tool import Context, Output, Tool, ToolFailed

SECRET = "the person's secret"


def _describe(**arguments: object) -> str:
    return f"Echoing {arguments.get('text')}"


@tool(label=gettext_lazy("Echo"), describe=_describe)
async def echo(context: Context, text: str = "nothing", times: int = 1) -> Output:
    """Echoes."""
    return Output({"echo": text * times, "zone": context.zone}, f"Echoed\n{text}")


async def echoed(arguments: str) -> Any:
    outcome = await run(echo, arguments, Context("Asia/Tokyo"))
    assert not outcome.is_error, outcome.error
    return json.loads(outcome.content)["echo"]


def made(body: Any) -> Tool:
    """A tool that does this."""

    @tool(label="Trial", describe=_describe)
    async def trial(context: Context, text: str = "") -> Output:
        """Tries."""
        result = body()
        output: Output = await result if asyncio.iscoroutine(result) else result
        return output

    return trial


async def outcome_of(body: Any, seconds: float = 60) -> CallResult:
    return await run(made(body), json.dumps({"text": SECRET}), Context(), seconds)


async def test_an_outcome_has_content_a_line_and_a_time() -> None:
    outcome = await run(echo, '{"text": "hi", "times": 2}', Context("Asia/Tokyo"))

    assert json.loads(outcome.content) == {"echo": "hihi", "zone": "Asia/Tokyo"}
    assert outcome.summary == "Echoed hi"
    assert 0 <= outcome.seconds < 5
    assert (outcome.error, outcome.is_error, outcome.images) == ("", False, ())


@pytest.mark.parametrize("arguments", ["", "  \n", "{}", "null", '""', '"{}"'])
async def test_a_call_without_arguments_runs(arguments: str) -> None:
    assert await echoed(arguments) == "nothing"


@pytest.mark.parametrize(
    "arguments",
    [
        '{"text": "hi"}',
        ' {"text":"hi"}\n',
        r'"{\"text\": \"hi\"}"',
        '{"text": "hi", "times": "1"}',
        '{"text": "no", "text": "hi"}',
        '{"text": "hi\\u0000"}',
    ],
)
async def test_arguments_in_several_notations_are_read(arguments: str) -> None:
    assert await echoed(arguments) == "hi"


async def test_halves_of_surrogate_pairs_are_replaced() -> None:
    assert await echoed('{"text": "\\ud83d"}') == "\ufffd"
    assert await echoed('{"text": "\\ud83d\\ude00"}') == "😀"


UNFIT = {
    '{"text": "hi"} and more': "aren't valid JSON",
    '{"text": "hi"': "aren't valid JSON",
    "text=hi": "aren't valid JSON",
    r'"{\"text\""': "aren't valid JSON",
    '["hi"]': "must be a JSON object",
    "3": "must be a JSON object",
    '"\\"\\""': "must be a JSON object",
    "[" * 50_000: "can't be read",
    '{"times": ' + "9" * 5_000 + "}": "can't be read",
    '"' + "a" * MAX_ARGUMENT_CHARACTERS + '"': "too long",
    '{"text": 3}': "Expected `str`, got `int` - at `$.text`",
    '{"times": "three"}': "`$.times`",
    '{"times": null}': "`$.times`",
    '{"txt": "hi"}': "unknown field `txt`",
}


@pytest.mark.parametrize(("arguments", "words"), UNFIT.items(), ids=range(len(UNFIT)))
async def test_invalid_arguments_are_refused(arguments: str, words: str) -> None:
    outcome = await run(echo, arguments, Context())

    assert words in outcome.error
    assert json.loads(outcome.content) == {"error": outcome.error}
    assert outcome.summary == "Echo"
    assert describe(echo, arguments) == "Echo"


def test_parsing_alone() -> None:
    assert parse_arguments('{"b": 1, "a": [null, 2.5]}') == {"b": 1, "a": [None, 2.5]}
    with pytest.raises(ToolFailed):
        parse_arguments("[]")


def test_the_line_while_it_runs_is_one_plain_line() -> None:
    assert describe(echo, '{"text": "a\\n\\u202eb"}') == "Echoing a b"
    assert len(describe(echo, json.dumps({"text": "a" * 1_000}))) == 200


async def test_a_failure_is_shown_to_the_person_and_the_model() -> None:
    def fail() -> Output:
        raise ToolFailed("It rains.")

    outcome = await outcome_of(fail)

    assert (outcome.error, outcome.summary, outcome.is_error) == ("It rains.", "Trial", True)
    assert outcome.content == '{"error":"It rains."}'


async def test_a_failure_is_one_plain_line() -> None:
    outcome = await run(echo, json.dumps({"a\u202eb\n" + "c" * 5_000: 1}), Context())

    assert "unknown field `ab c" in outcome.error
    assert outcome.error.isprintable()
    assert len(outcome.error) == 600


FAULTS: dict[str, Any] = {
    "raises": lambda: [][1],
    "raises what was said": lambda: int(SECRET),
    "a timeout of its own": lambda: asyncio.wait_for(asyncio.Event().wait(), 0.001),
    "no output": lambda: None,
    "no JSON": lambda: Output({"a": object()}, ""),
    "no number": lambda: Output({"a": float("nan")}, ""),
    "no line": lambda: Output({}, None),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_faults_are_logged_without_private_texts(
    fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        outcome = await outcome_of(FAULTS[fault])

    assert outcome.error.startswith("This tool failed.")
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert "The tool trial failed" in record.getMessage()
    assert SECRET not in caplog.text
    assert "secret" not in outcome.content


async def test_an_endless_nesting_is_a_fault(caplog: pytest.LogCaptureFixture) -> None:
    content: dict[str, object] = {}
    content["itself"] = content

    outcome = await outcome_of(lambda: Output(content, ""))

    assert outcome.error.startswith("This tool failed.")
    assert "RecursionError" in caplog.text


async def test_the_time_limit() -> None:
    stopped = asyncio.Event()

    async def wait() -> Output:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        raise AssertionError

    outcome = await outcome_of(wait, seconds=0.05)

    assert outcome.error == "The tool took longer than 0.05 seconds and was stopped."
    assert 0.05 <= outcome.seconds < 5
    assert stopped.is_set()


async def test_cancelling_a_call_stops_it() -> None:
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def wait() -> Output:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        raise AssertionError

    calling = asyncio.create_task(outcome_of(wait))
    await begun.wait()
    calling.cancel()

    with pytest.raises(asyncio.CancelledError):
        await calling
    assert stopped.is_set()


async def test_an_empty_output_becomes_a_result() -> None:
    outcome = await outcome_of(lambda: Output({}, "Done"))

    assert json.loads(outcome.content) == {"result": "(nothing)"}


async def test_images_are_passed_on() -> None:
    outcome = await outcome_of(lambda: Output({"a": 1}, "Done", images=(b"PNG",)))

    assert outcome.images == (b"PNG",)


async def test_a_tool_without_approval_can_require_it_for_some_calls() -> None:
    @tool(
        label="Trial",
        describe=_describe,
        call_needs_approval=lambda context, text: text not in context.written,
    )
    async def trial(context: Context, text: str) -> Output:
        """Tries."""
        return Output({}, "Tried")

    context = Context(written=("known",))

    assert needs_approval(trial, '{"text": "unknown"}', context)
    assert not needs_approval(trial, '{"text": "known"}', context)
    assert not needs_approval(trial, '{"wrong": 1}', context)  # it comes to nothing
    assert not needs_approval(echo, '{"text": "unknown"}', context)
