"""Runs what the model asked of tools for a reply, and keeps what came of it."""

import asyncio
import logging
from collections.abc import Sequence
from itertools import chain, repeat

import django.db
from django.utils.translation import gettext as _

from chatapp import background
from chatapp.conversations.live import LiveReply
from chatapp.conversations.models import Asked, Came, Message, State, Step
from chatapp.conversations.toolbox import Toolbox
from chatapp.inference import ToolCall
from chatapp.tools import running
from chatapp.tools.results import to_json

MOST_CHARACTERS = 200  # of a name or an id
PAUSES = (0.5, 1, 2)  # seconds between tries to save; the last one again and again

logger = logging.getLogger(__name__)


class Overtaken(Exception):
    """Another attempt makes this reply, or it is to stop."""


async def begin(live: LiveReply, calls: Sequence[ToolCall], toolbox: Toolbox) -> None:
    """Writes down what the model asks for. Raises Overtaken."""
    asked = [_asked(call, toolbox) for call in calls]
    live.show_steps(await background.in_thread(_begin, live.reply, len(live.text), asked))


async def settle(live: LiveReply, toolbox: Toolbox) -> bool:
    """Runs what may run, all at once; False while a call waits for the person's word.

    Raises Overtaken.
    """
    ready = [step for step in live.steps if step.state == State.READY]
    if ready:
        if not await background.in_thread(Step.objects.start, live.reply, ready):
            raise Overtaken
        for step in ready:
            step.state = State.RUNNING
        live.show_steps(live.steps)
        async with asyncio.TaskGroup() as group:
            for step in ready:
                group.create_task(_run(step, live, toolbox))
    return not any(step.is_undecided for step in live.steps)


def _asked(call: ToolCall, toolbox: Toolbox) -> Asked:
    """The call as a database can hold it, whatever a model made up."""
    name, arguments = call.name[:MOST_CHARACTERS], call.arguments.replace("\0", "")
    return Asked(call.id[:MOST_CHARACTERS], name, arguments, toolbox.is_free(call.name))


async def _run(step: Step, live: LiveReply, toolbox: Toolbox) -> None:
    came = await _outcome(step, toolbox)
    await _save(step, came)
    step.end(came)
    live.show_steps(live.steps)


async def _outcome(step: Step, toolbox: Toolbox) -> Came:
    tool = toolbox.find(step.name)
    if tool is None:
        sentence = _("There is no tool “%(name)s”.") % {"name": step.name}
        return Came(to_json({"error": sentence}), step.name, 0.0, sentence)
    outcome = await running.run(tool, step.arguments, toolbox.context)
    return Came(outcome.content, outcome.done, outcome.seconds, outcome.error)


async def _save(step: Step, came: Came) -> None:
    """However long the database is away: what a tool did can't be asked for again."""
    for pause in chain(PAUSES, repeat(PAUSES[-1])):
        try:
            await background.in_thread(Step.objects.finish, step, came)
        except (django.db.OperationalError, django.db.InterfaceError) as error:
            logger.warning("What came of a call could not be saved: %s", type(error).__name__)
            await asyncio.sleep(pause)
        else:
            return


def _begin(reply: Message, text_length: int, asked: Sequence[Asked]) -> list[Step]:
    if not Step.objects.begin_round(reply, text_length, asked):
        raise Overtaken
    return list(reply.steps.all())
