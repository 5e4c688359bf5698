"""Calls of tools as plain text, where no tools are offered."""

from __future__ import annotations

import json

from chatapp.inference.calls_as_text import spell_out_calls
from chatapp.inference.payload import encode
from chatapp.inference.types import (
    ChatMessage,
    CompletionRequest,
    TextPart,
    Tool,
    ToolCallPart,
    ToolResultPart,
)

from .conftest import Connect, Serve, all_of
from .wire import HELLO, in_turn, refusal

TOOL = Tool("look", "Looks.", {"type": "object"})
REFUSED = "The toolConfig field must be defined when using toolUse and toolResult content blocks."


def asked(*, tools: tuple[Tool, ...] = ()) -> CompletionRequest:
    """A conversation in which one id was given to two calls."""
    messages = [ChatMessage.from_text("system", "Be brief.")]
    for name, what in (("look", "a cat"), ("smell", "fish")):
        messages += [
            ChatMessage.from_text("user", "What is there?"),
            ChatMessage("assistant", (TextPart("I will see."), ToolCallPart("1", name, "{}"))),
            ChatMessage("tool", (ToolResultPart("1", json.dumps({"there": what})),)),
            ChatMessage.from_text("assistant", f"There is {what}."),
        ]
    messages.append(ChatMessage.from_text("user", "Thanks."))
    return CompletionRequest("m", tuple(messages), 100, tools=tools, may_call=not tools)


def test_calls_leave_only_text() -> None:
    body = json.loads(encode(spell_out_calls(asked(tools=(TOOL,)))))

    assert "tools" not in body
    assert "tool_choice" not in body
    assert [message["role"] for message in body["messages"]] == [
        "system",
        *["user", "assistant"] * 4,
        "user",
    ]
    assert body["messages"][2]["content"] == "I will see.\n\n[Called the tool look with {}]"


def test_results_name_the_call_that_they_answer() -> None:
    texts = [message.text for message in spell_out_calls(asked()).messages]

    assert texts[3] == '[The tool look returned: {"there": "a cat"}]'
    assert texts[7] == '[The tool smell returned: {"there": "fish"}]'


async def test_a_service_that_refuses_the_tools_still_answers(
    serve: Serve, connect: Connect
) -> None:
    server = await serve(in_turn(refusal(400, REFUSED), HELLO))

    await all_of(connect(server.url), asked(tools=(TOOL,)))

    assert server.body(0)["tool_choice"] == "none"
    assert "tools" not in server.body(1)
    assert not any("tool_calls" in message for message in server.body(1)["messages"])
