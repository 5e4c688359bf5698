"""Runs a tool for a model: within a time and a size, and whatever happens there is an answer."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from dataclasses import dataclass

from django.utils.translation import gettext

from chatapp.server import logs
from chatapp.server.valid_text import make_valid_source

from .outside import plain_line
from .results import MAX_BYTES, to_json
from .tool import Arguments, Context, Output, Tool, ToolFailed

SECONDS = 60.0  # of one call
MAX_ARGUMENT_CHARACTERS = 100_000
LINE_CHARACTERS = 200
SENTENCE_CHARACTERS = 600

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended.

    `content` is the text of a JSON object for the model, never empty. `done` is the line that
    stays: of a call that failed it is the tool's label, with `error`, the sentence, beside it.
    """

    content: str
    done: str
    seconds: float
    error: str = ""
    images: tuple[bytes, ...] = ()

    @property
    def is_error(self) -> bool:
        return bool(self.error)


async def run(
    tool: Tool,
    arguments: str,
    context: Context,
    seconds: float = SECONDS,
    max_bytes: int = MAX_BYTES,
) -> Outcome:
    """Calls a tool with what a model wrote as arguments; raises nothing but its cancellation.

    The content is at most `max_bytes` of UTF-8.

    What model or tool did wrong becomes a sentence. A tool has to await what takes long: one that
    blocks can't be stopped.
    """
    begun = time.monotonic()
    try:
        output = await _within(seconds, tool, parse(arguments), context)
        content = to_json(output.content, max_bytes)
        done = plain_line(output.done, LINE_CHARACTERS)
    except ToolFailed as failed:
        return _failed(tool, failed.sentence, begun)
    except Exception as fault:
        # Where, not what: arguments are what people and models wrote, and words of libraries
        # quote them.
        logger.error("The tool %s failed: %s", tool.name, logs.place(fault))
        sentence = gettext("This tool itself failed. It may work with other input.")
        return _failed(tool, sentence, begun)
    return Outcome(content, done, time.monotonic() - begun, images=output.images)


def asks(tool: Tool, arguments: str, context: Context) -> bool:
    """Whether a tool that is free wants this call allowed. One whose arguments do not fit comes to
    nothing anyway."""
    try:
        return tool.asks(parse(arguments), context)
    except ToolFailed:
        return False


def doing(tool: Tool, arguments: str, most: int = LINE_CHARACTERS) -> str:
    """The line that is shown while a tool runs; its label where the arguments do not fit."""
    try:
        return plain_line(tool.doing(parse(arguments)), most)
    except ToolFailed:
        return str(tool.label)


def parse(text: str) -> Arguments:
    """The arguments as a model wrote them: JSON, nothing for no arguments, or an object that was
    written as text once more. Every text in them is valid. Raises ToolFailed."""
    if len(text) > MAX_ARGUMENT_CHARACTERS:
        raise ToolFailed(gettext("The arguments are too long."))
    value = _json(text)
    if isinstance(value, str):
        value = _json(value)
    if not isinstance(value, dict):
        raise ToolFailed(gettext("The arguments must be a JSON object."))
    return value


def _json(text: str) -> object:
    try:
        value = json.loads(make_valid_source(text)) if text.strip() else {}
        return {} if value is None else value
    except json.JSONDecodeError as error:
        sentence = gettext("The arguments are not valid JSON: %(why)s")
        raise ToolFailed(sentence % {"why": error}) from error
    except (ValueError, RecursionError) as error:  # an endless number, or brackets without end
        raise ToolFailed(gettext("The arguments can't be read.")) from error


def _failed(tool: Tool, sentence: str, begun: float) -> Outcome:
    error = plain_line(sentence, SENTENCE_CHARACTERS)  # it may quote what the model wrote
    content = to_json({"error": error})
    return Outcome(content, str(tool.label), time.monotonic() - begun, error=error)


async def _within(seconds: float, tool: Tool, arguments: Arguments, context: Context) -> Output:
    try:
        async with asyncio.timeout(seconds) as limit:
            return await tool.run(arguments, context)
    except TimeoutError as error:
        if limit.expired():
            sentence = gettext("It took longer than %(seconds)g seconds and was stopped.")
            raise ToolFailed(sentence % {"seconds": seconds}) from error
        raise
