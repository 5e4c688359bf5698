"""Choose what the demo model answers: a pure function of the request."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from . import images, sample_texts
from .commands import HELP, Commands, parse_commands
from .messages import (
    attached_images,
    document_names,
    text_of,
    thinks_aloud,
    wants_title,
    words_of,
)
from .tool_use import calls_for, describe_result

CONTINUE = re.compile(r"\b(?:continue|go on|carry on)\b", re.IGNORECASE)
REPEAT = re.compile(r"\brepeat", re.IGNORECASE)

GARBAGE_AFTER = 5  # tokens
SOME_CALL = ("current_time", '{"zone": "Europe/Berlin"}')


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold the text of an answer, and how to send it."""

    text: str
    reasoning: str = ""
    finish_reason: str = "stop"
    calls: tuple[tuple[str, str], ...] = ()  # of tools: name, and arguments as JSON
    drop_after: int | None = None  # tokens
    garbage: bool = False
    silent_seconds: float = 0.0
    thinking_seconds: float = 0.0  # over which `reasoning` is spread; 0 for the usual rate
    rate: float | None = None  # tokens a second, None for the server's own


def answer(request: dict[str, Any]) -> Answer:
    """Return the answer to a valid request. Decodes images, so it is slow."""
    messages = request["messages"]
    last = messages[-1]
    if last["role"] == "tool":
        return Answer("\n\n".join(map(describe_result, _results(messages))))
    if wants_title(messages):
        return Answer(sample_texts.title(text_of(last)))
    question, given = _question(messages)
    commands = parse_commands(words_of(question))
    planned = _plan(commands, attached_images(question))
    if calls := _wanted_calls(request, commands):
        planned = replace(planned, text="Let me look that up.", calls=calls)
    if given:
        rest = Answer(_rest(planned.text, given), rate=planned.rate)
        if _faults(planned, given) < commands.fault_times:
            rest = replace(rest, drop_after=planned.drop_after, garbage=planned.garbage)
        return rest
    if planned.finish_reason == "length":
        half = len(planned.text) // 2
        planned = replace(planned, text=planned.text[:half])
    if thinks_aloud(request):
        seconds = commands.thinking_seconds
        planned = replace(
            planned, reasoning=sample_texts.thoughts(seconds), thinking_seconds=seconds
        )
    return planned


def _results(messages: list[dict[str, Any]]) -> list[str]:
    """Return the results of the last calls, in their order."""
    results = [*takewhile(lambda message: message["role"] == "tool", reversed(messages))]
    return [text_of(result) for result in reversed(results)]


def _wanted_calls(request: dict[str, Any], commands: Commands) -> tuple[tuple[str, str], ...]:
    """Return calls of offered tools: those of the commands, or those that the question needs."""
    offered = {tool["function"]["name"] for tool in request.get("tools", [])}
    if request.get("tool_choice") == "none":
        return ()
    wanted = commands.calls or calls_for(commands.words, document_names(request["messages"]))
    return tuple(call for call in wanted if call[0] in offered)


def _question(messages: list[dict[str, Any]]) -> tuple[dict[str, Any], str]:
    """Return the message to answer, and the part of its answer that was sent before."""
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


def _faults(planned: Answer, given: str) -> int:
    """Return how often the planned fault happened before, by the tokens sent before each."""
    return len(sample_texts.tokens(given)) // max(1, planned.drop_after or GARBAGE_AFTER)


def _rest(text: str, given: str) -> str:
    for start in (given, given.rstrip()):
        if text.startswith(start):
            return text[len(start) :] or "My answer was already complete."
    return "I can't continue this answer, because I didn't write its beginning."


def _plan(commands: Commands, urls: list[str]) -> Answer:
    switches = commands.switches
    return Answer(
        text=_body(commands, urls),
        reasoning=sample_texts.REASONING if "reason" in switches else "",
        finish_reason="length" if "length" in switches else "stop",
        calls=(SOME_CALL,) if "tool" in switches else (),
        drop_after=commands.drop_after,
        garbage="garbage" in switches,
        silent_seconds=commands.silent_seconds,
        rate=commands.rate,
    )


def _body(commands: Commands, urls: list[str]) -> str:
    if commands.echo is not None:
        return commands.echo
    if commands.long_tokens is not None:
        return sample_texts.numbered(commands.long_tokens)
    if "help" in commands.switches:
        return HELP
    if "emoji" in commands.switches:
        return sample_texts.EMOJI
    if urls:
        facts = "\n".join(f"{n}. {images.describe(url)}" for n, url in enumerate(urls, 1))
        return f"I am the demo model, not an AI, but I can measure images:\n\n{facts}"
    return sample_texts.tour(commands.words)
