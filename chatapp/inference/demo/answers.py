"""What the demo model answers: a pure function of the request."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from . import pictures, showcase
from .commands import HELP, Commands, parse_commands

CONTINUE = re.compile(r"\b(?:continue|go on|carry on)\b", re.IGNORECASE)
REPEAT = re.compile(r"\brepeat", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """`text` and how to send it. `error` is an HTTP status or "html"; empty when all is well."""

    text: str
    reasoning: str = ""
    finish_reason: str = "stop"
    tool_call: bool = False
    error: str = ""
    cut_after: int | None = None  # tokens
    garbage: bool = False
    silent_seconds: float = 0.0
    rate: float | None = None  # tokens a second, None for the server's own


def answer(request: dict[str, Any]) -> Answer:
    """The answer to a request that `checks.complaint` let pass. Decodes pictures: slow."""
    messages = request["messages"]
    last = messages[-1]
    if last["role"] == "tool":
        return Answer(f"The tool answered:\n\n```\n{text_of(last)}\n```")
    system = " ".join(text_of(message) for message in messages if message["role"] == "system")
    if re.search(r"\btitle\b", system, re.IGNORECASE):
        return Answer(showcase.title(text_of(last)))
    question, given = _question(messages)
    planned = _plan(question)
    if given:
        return Answer(_rest(planned.text, given), rate=planned.rate)
    if planned.finish_reason == "length":
        half = len(planned.text) // 2
        planned = replace(planned, text=planned.text[:half])
    thinking = request.get("extended_thinking")
    if isinstance(thinking, dict) and thinking.get("include_reasoning"):
        planned = replace(planned, reasoning=showcase.REASONING)
    return planned


def _question(messages: list[dict[str, Any]]) -> tuple[dict[str, Any], str]:
    """The message that is being answered, and the part of its answer that was given before."""
    given = ""
    index = len(messages) - 1
    while (
        index >= 2
        and messages[index - 1]["role"] == "assistant"
        and _asks_to_continue(messages[index])
    ):
        given = text_of(messages[index - 1]) + given
        index -= 2
    return messages[index], given


def _asks_to_continue(message: dict[str, Any]) -> bool:
    text = text_of(message)
    return bool(CONTINUE.search(text) and REPEAT.search(text))


def _rest(text: str, given: str) -> str:
    for start in (given, given.rstrip()):
        if text.startswith(start):
            return text[len(start) :] or "That was the end already."
    return "I cannot find the place: the text before is not one of mine."


def _plan(message: dict[str, Any]) -> Answer:
    commands = parse_commands(text_of(message))
    switches = commands.switches
    return Answer(
        text=_body(commands, picture_urls(message)),
        reasoning=showcase.REASONING if "reason" in switches else "",
        finish_reason="length" if "length" in switches else "stop",
        tool_call="tool" in switches,
        error=commands.error,
        cut_after=commands.cut_after,
        garbage="garbage" in switches,
        silent_seconds=commands.silent_seconds,
        rate=commands.rate,
    )


def _body(commands: Commands, urls: list[str]) -> str:
    if commands.echo is not None:
        return commands.echo
    if commands.long_tokens is not None:
        return showcase.numbered(commands.long_tokens)
    if "help" in commands.switches:
        return HELP
    if "emoji" in commands.switches:
        return showcase.EMOJI
    if urls:
        facts = "\n".join(f"{n}. {pictures.describe(url)}" for n, url in enumerate(urls, 1))
        return f"I am the demo model, not an AI, but I can measure pictures:\n\n{facts}"
    return showcase.tour(commands.words)


def text_of(message: dict[str, Any]) -> str:
    content = message["content"]
    if isinstance(content, str):
        return content
    return "\n\n".join(part["text"] for part in content if part["type"] == "text")


def picture_urls(message: dict[str, Any]) -> list[str]:
    content = message["content"]
    if isinstance(content, str):
        return []
    return [part["image_url"]["url"] for part in content if part["type"] == "image_url"]
