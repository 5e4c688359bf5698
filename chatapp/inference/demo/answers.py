"""What the demo model answers: a pure function of the request."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from . import images, showcase
from .commands import HELP, Commands, parse_commands
from .messages import image_urls, text_of, thinks_aloud, wants_title
from .tool_talk import natural_calls, told

CONTINUE = re.compile(r"\b(?:continue|go on|carry on)\b", re.IGNORECASE)
REPEAT = re.compile(r"\brepeat", re.IGNORECASE)


GARBAGE_AFTER = 5  # tokens
SOME_CALL = ("current_time", '{"zone": "Europe/Berlin"}')


@dataclass(frozen=True, slots=True)
class Answer:
    """`text` and how to send it."""

    text: str
    reasoning: str = ""
    finish_reason: str = "stop"
    calls: tuple[tuple[str, str], ...] = ()  # of tools: name, and arguments as JSON
    cut_after: int | None = None  # tokens
    garbage: bool = False
    silent_seconds: float = 0.0
    thinking_seconds: float = 0.0  # over which `reasoning` is spread; 0 for the usual rate
    rate: float | None = None  # tokens a second, None for the server's own


def answer(request: dict[str, Any]) -> Answer:
    """The answer to a request that nothing refused. Decodes images: slow."""
    messages = request["messages"]
    last = messages[-1]
    if last["role"] == "tool":
        return Answer("\n\n".join(map(told, _results(messages))))
    if wants_title(messages):
        return Answer(showcase.title(text_of(last)))
    question, given = _question(messages)
    commands = parse_commands(text_of(question))
    planned = _plan(commands, image_urls(question))
    if calls := _wanted_calls(request, commands):
        planned = replace(planned, text="Let me look that up.", calls=calls)
    if given:
        rest = Answer(_rest(planned.text, given), rate=planned.rate)
        if _faults(planned, given) < commands.fault_times:
            rest = replace(rest, cut_after=planned.cut_after, garbage=planned.garbage)
        return rest
    if planned.finish_reason == "length":
        half = len(planned.text) // 2
        planned = replace(planned, text=planned.text[:half])
    if thinks_aloud(request):
        seconds = commands.thinking_seconds
        planned = replace(planned, reasoning=showcase.thoughts(seconds), thinking_seconds=seconds)
    return planned


def _results(messages: list[dict[str, Any]]) -> list[str]:
    """What came of the last calls, in their order."""
    results = [*takewhile(lambda message: message["role"] == "tool", reversed(messages))]
    return [text_of(result) for result in reversed(results)]


def _wanted_calls(request: dict[str, Any], commands: Commands) -> tuple[tuple[str, str], ...]:
    """Calls of tools that were offered: those that were asked for, or what the words need."""
    offered = {tool["function"]["name"] for tool in request.get("tools", [])}
    if request.get("tool_choice") == "none":
        return ()
    asked = commands.calls or natural_calls(commands.words)
    return tuple(call for call in asked if call[0] in offered)


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


def _faults(planned: Answer, given: str) -> int:
    """How often the fault that is planned came before: each let through as many tokens."""
    return len(showcase.tokens(given)) // max(1, planned.cut_after or GARBAGE_AFTER)


def _rest(text: str, given: str) -> str:
    for start in (given, given.rstrip()):
        if text.startswith(start):
            return text[len(start) :] or "That was the end already."
    return "I cannot find the place: the text before is not one of mine."


def _plan(commands: Commands, urls: list[str]) -> Answer:
    switches = commands.switches
    return Answer(
        text=_body(commands, urls),
        reasoning=showcase.REASONING if "reason" in switches else "",
        finish_reason="length" if "length" in switches else "stop",
        calls=(SOME_CALL,) if "tool" in switches else (),
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
        facts = "\n".join(f"{n}. {images.describe(url)}" for n, url in enumerate(urls, 1))
        return f"I am the demo model, not an AI, but I can measure images:\n\n{facts}"
    return showcase.tour(commands.words)
