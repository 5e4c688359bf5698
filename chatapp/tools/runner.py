"""Run a tool for a model, within limits of time and size. Every failure becomes an answer."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from dataclasses import dataclass

from django.utils.translation import gettext

from chatapp.server import logs
from chatapp.server.valid_text import make_valid_source

from .results import MAX_BYTES, to_json
from .tool import Arguments, Context, Output, Tool, ToolFailed
from .untrusted import plain_line

MAX_SECONDS = 60.0  # for one call
MAX_ARGUMENT_CHARACTERS = 100_000
MAX_SUMMARY_CHARACTERS = 200
MAX_SENTENCE_CHARACTERS = 600

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CallResult:
    """Hold the result of a call.

    `content` is a JSON object as text for the model, never empty. `summary` is a line for the
    person: the tool's label if the call failed, when `error` has the sentence.
    """

    content: str
    summary: str
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
    seconds: float = MAX_SECONDS,
    max_bytes: int = MAX_BYTES,
) -> CallResult:
    """Call a tool with the arguments that a model wrote. Raises nothing except CancelledError.

    The content has at most `max_bytes` of UTF-8. Mistakes of the model or the tool become a
    sentence. A tool must await long work, because a tool that blocks can't be stopped.
    """
    begun = time.monotonic()
    try:
        output = await _within(seconds, tool, parse_arguments(arguments), context)
        content = to_json(output.content, max_bytes)
        summary = plain_line(output.summary, MAX_SUMMARY_CHARACTERS)
    except ToolFailed as failed:
        return _failed(tool, failed.sentence, begun)
    except Exception as error:
        # Only the place is logged: messages of libraries quote the arguments, which are private.
        logger.error("The tool %s failed: %s", tool.name, logs.place(error))
        sentence = gettext("This tool failed. It may work with other input.")
        return _failed(tool, sentence, begun)
    return CallResult(content, summary, time.monotonic() - begun, images=output.images)


def needs_approval(tool: Tool, arguments: str, context: Context) -> bool:
    """Return whether this call needs approval; with invalid arguments the call only fails."""
    if tool.needs_approval:
        return True
    try:
        return tool.call_needs_approval(parse_arguments(arguments), context)
    except ToolFailed:
        return False


def describe(tool: Tool, arguments: str, most: int = MAX_SUMMARY_CHARACTERS) -> str:
    """Return the line that is shown while a tool runs, its label for invalid arguments."""
    try:
        return plain_line(tool.describe(parse_arguments(arguments)), most)
    except ToolFailed:
        return str(tool.label)


def parse_arguments(text: str) -> Arguments:
    """Return the arguments that a model wrote, with valid text. Raises ToolFailed.

    They are JSON, empty for no arguments, or an object that was encoded once more as a string.
    """
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
        sentence = gettext("The arguments aren't valid JSON: %(why)s")
        raise ToolFailed(sentence % {"why": error}) from error
    except (ValueError, RecursionError) as error:  # a number that is too long, or deep nesting
        raise ToolFailed(gettext("The arguments can't be read.")) from error


def _failed(tool: Tool, sentence: str, begun: float) -> CallResult:
    error = plain_line(sentence, MAX_SENTENCE_CHARACTERS)  # it may quote the model
    content = to_json({"error": error})
    return CallResult(content, str(tool.label), time.monotonic() - begun, error=error)


async def _within(seconds: float, tool: Tool, arguments: Arguments, context: Context) -> Output:
    try:
        async with asyncio.timeout(seconds) as limit:
            return await tool.run(arguments, context)
    except TimeoutError as error:
        if limit.expired():
            sentence = gettext("The tool took longer than %(seconds)g seconds and was stopped.")
            raise ToolFailed(sentence % {"seconds": seconds}) from error
        raise
