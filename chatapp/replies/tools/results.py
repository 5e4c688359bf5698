"""Store the result of a tool call: first its images, then everything else in one transaction.

A tool call can't be repeated to get its result again, so this outlives the reply, and waits for
however long the database is away.
"""

import asyncio
import json
import logging
from itertools import chain, repeat
from uuid import UUID

from chatapp import background
from chatapp.conversations import events
from chatapp.conversations.models import Message, ToolCall, ToolResult
from chatapp.images.processing import PreparedImage
from chatapp.images.shown_image import ShownImage
from chatapp.replies.tools import images
from chatapp.replies.tools.images import Images
from chatapp.server.database_errors import DATABASE_AWAY
from chatapp.tools.results import to_json
from chatapp.tools.runner import CallResult

RESULT = "result:"  # begins the name of a task that stores one
PAUSES = (0.5, 1, 2)  # seconds between tries to save; the last one again and again
IMAGES = "images"  # in the object that the model gets

logger = logging.getLogger(__name__)

type Task = asyncio.Task[None]


async def store(tool_call: ToolCall, outcome: CallResult) -> None:
    """Store a result and wait until `tool_call` has it; a cancelled wait doesn't cancel storing."""
    name = f"{_name_prefix(tool_call.reply_id)}{tool_call.pk}"
    await asyncio.shield(background.spawn(name, _store(tool_call, outcome)))


def is_storing(reply_id: UUID) -> bool:
    """Whether this process still has a result of this reply to store."""
    return bool(background.running(_name_prefix(reply_id)))


async def until_saved(reply: Message, seconds: float | None) -> set[Task]:
    """Wait for a reply's results to be stored; return the tasks that take longer."""
    tasks = background.running(_name_prefix(reply.pk))
    return (await asyncio.wait(tasks, timeout=seconds))[1] if tasks else set()


async def show_late(reply: Message, late: set[Task]) -> None:
    """Show results that were stored after the end of their reply."""
    await asyncio.wait(late)
    await background.in_thread(_announce, reply.pk)


async def _store(tool_call: ToolCall, outcome: CallResult) -> None:
    opened = await images.opened(outcome.images, tool_call.name)
    for pause in chain(PAUSES, repeat(PAUSES[-1])):
        try:
            result = await background.in_thread(_save, tool_call, outcome, opened)
        except DATABASE_AWAY as error:
            logger.warning("A tool result could not be stored: %s", type(error).__name__)
            await asyncio.sleep(pause)
        else:
            tool_call.end(result)
            return


def _save(
    tool_call: ToolCall, outcome: CallResult, opened: Images[list[PreparedImage]]
) -> ToolResult:
    content, kept = outcome.content, Images[list[ShownImage]]()
    if outcome.images:
        kept = images.kept(tool_call.reply.conversation.owner, opened)
        content = _with_images(content, kept.line_for_model)
    seconds, error = outcome.seconds, outcome.error
    shown = tuple(chain.from_iterable(kept.usable))
    result = ToolResult(content, outcome.summary, seconds, error, kept.note, shown)
    ToolCall.objects.finish(tool_call, result)
    return result


def _with_images(content: str, line: str) -> str:
    """Return the object for the model with a line about its images, within the same size."""
    given = {name: value for name, value in json.loads(content).items() if name != IMAGES}
    return to_json({IMAGES: line, **given})


def _announce(reply_id: UUID) -> None:
    shown = Message.objects.present().select_related("conversation")
    reply = shown.filter(pk=reply_id).first()
    if reply and not reply.is_running:
        events.message_changed(reply)


def _name_prefix(reply_id: UUID) -> str:
    return f"{RESULT}{reply_id}:"
