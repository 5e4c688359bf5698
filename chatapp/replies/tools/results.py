"""Keeps what came of a call: first its pictures, then all of it in one transaction.

What a tool did can't be asked for again, so this outlives the reply that it is for, and waits
however long the database is away.
"""

import asyncio
import json
import logging
from itertools import chain, repeat
from uuid import UUID

import django.db

from chatapp import background
from chatapp.conversations import events
from chatapp.conversations.models import Came, Message, Step
from chatapp.images.models import Image
from chatapp.images.processing import PreparedImage
from chatapp.replies.tools import images
from chatapp.replies.tools.images import Pictures
from chatapp.tools.results import to_json
from chatapp.tools.running import Outcome

RESULT = "result:"  # begins the name of a task that keeps one
PAUSES = (0.5, 1, 2)  # seconds between tries to save; the last one again and again
PICTURES = "pictures"  # in the object that the model gets

logger = logging.getLogger(__name__)

type Task = asyncio.Task[None]


async def keep(step: Step, outcome: Outcome) -> None:
    """Gives when all is saved and `step` shows it; cancelled, it goes on without whoever waited."""
    name = f"{_begin_of_name(step.reply_id)}{step.pk}"
    await asyncio.shield(background.spawn(name, _keep(step, outcome)))


def is_keeping(reply_id: UUID) -> bool:
    """Whether a result of this reply is still to be saved here."""
    return bool(background.running(_begin_of_name(reply_id)))


async def until_saved(reply: Message, seconds: float | None) -> set[Task]:
    """Waits for what is still to be saved of a reply; gives what takes longer."""
    tasks = background.running(_begin_of_name(reply.pk))
    return (await asyncio.wait(tasks, timeout=seconds))[1] if tasks else set()


async def show_late(reply: Message, late: set[Task]) -> None:
    """Shows what came after the end of its reply."""
    await asyncio.wait(late)
    await background.in_thread(_tell, reply.pk)


async def _keep(step: Step, outcome: Outcome) -> None:
    opened = await images.opened(outcome.images, step.name)
    for pause in chain(PAUSES, repeat(PAUSES[-1])):
        try:
            came = await background.in_thread(_save, step, outcome, opened)
        except (django.db.OperationalError, django.db.InterfaceError) as error:
            logger.warning("What came of a call could not be saved: %s", type(error).__name__)
            await asyncio.sleep(pause)
        else:
            step.end(came)
            return


def _save(step: Step, outcome: Outcome, opened: Pictures[PreparedImage]) -> Came:
    content, kept = outcome.content, Pictures[Image]()
    if outcome.images:
        kept = images.kept(step.reply.conversation.owner, opened)
        content = _told(content, kept.told)
    seconds, error = outcome.seconds, outcome.error
    came = Came(content, outcome.done, seconds, error, kept.note, kept.usable)
    Step.objects.finish(step, came)
    return came


def _told(content: str, told: str) -> str:
    """The object for the model with a line about its pictures, first and within the same size."""
    given = {name: value for name, value in json.loads(content).items() if name != PICTURES}
    return to_json({PICTURES: told, **given})


def _tell(reply_id: UUID) -> None:
    reply = Message.objects.select_related("conversation").filter(pk=reply_id).first()
    if reply and not reply.is_running:
        events.message_changed(reply)


def _begin_of_name(reply_id: UUID) -> str:
    return f"{RESULT}{reply_id}:"
