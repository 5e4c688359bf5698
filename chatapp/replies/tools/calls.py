"""Runs what the model asked of tools for a reply."""

import asyncio
from collections.abc import Sequence

from django.utils.translation import gettext as _

from chatapp import background
from chatapp.conversations.message_html import part_html
from chatapp.conversations.models import Progress, Spent, State, Step, ToolRequest
from chatapp.inference import ToolCallPart
from chatapp.replies import usage
from chatapp.replies.live import LiveReply
from chatapp.replies.tools import results
from chatapp.replies.tools.toolbox import Toolbox
from chatapp.replies.usage import Call
from chatapp.server.valid_text import make_valid
from chatapp.tools import running
from chatapp.tools.results import MAX_BYTES, to_json

MOST_CHARACTERS = 200  # of a name or an id
MOST_CALLS = 16  # in one round
# Bytes of the results of all calls of a reply: some 180,000 tokens, more than a model can read.
MAX_RESULTS = 600 * 1024
MIN_RESULT = 2 * 1024  # bytes that each result may have all the same


class Overtaken(Exception):
    """Another attempt makes this reply, or it is to stop."""


async def begin(
    live: LiveReply, calls: Sequence[ToolCallPart], toolbox: Toolbox, requests: list[Call]
) -> None:
    """Writes down what the model asks for, and what the requests up to there cost, which are
    counted with it and forgotten. Raises Overtaken."""
    spent, html = await background.in_thread(
        _begin, live, live.progress, list(requests), calls, toolbox
    )
    live.reply.spent = spent
    requests.clear()
    live.show_steps(html)


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
        live.show_changed(ready)
        max_bytes = _share(live.steps, len(ready))
        async with asyncio.TaskGroup() as group:
            for step in ready:
                group.create_task(_run(step, live, toolbox, max_bytes))
    return not any(step.is_undecided for step in live.steps)


def _asked(call: ToolCallPart, toolbox: Toolbox) -> ToolRequest:
    """The call as a database can hold it, whatever a model made up."""
    call_id, name, arguments = map(make_valid, (call.id, call.name, call.arguments))
    call_id, name = call_id[:MOST_CHARACTERS], name[:MOST_CHARACTERS]
    line = toolbox.doing(name, arguments)
    return ToolRequest(call_id, name, arguments, toolbox.is_free(name, arguments), line)


def _left_out(asked: ToolRequest) -> ToolRequest:
    sentence = _("These are too many calls at once: %(most)s may be made together.")
    return asked._replace(is_free=False, error=sentence % {"most": MOST_CALLS})


def _share(steps: Sequence[Step], count: int) -> int:
    """Bytes that each of so many new results may have."""
    left = MAX_RESULTS - sum(len(step.content.encode()) for step in steps)
    return min(MAX_BYTES, max(MIN_RESULT, left // count))


async def _run(step: Step, live: LiveReply, toolbox: Toolbox, max_bytes: int) -> None:
    await results.keep(step, await _outcome(step, toolbox, max_bytes))
    live.show_changed([step])


async def _outcome(step: Step, toolbox: Toolbox, max_bytes: int) -> running.Outcome:
    tool = toolbox.find(step.name)
    if tool is None:
        sentence = _("There is no tool “%(name)s”.") % {"name": step.name}
        return running.Outcome(to_json({"error": sentence}), step.name, 0.0, error=sentence)
    return await running.run(tool, step.arguments, toolbox.context, max_bytes=max_bytes)


def _begin(
    live: LiveReply,
    progress: Progress,
    requests: list[Call],
    calls: Sequence[ToolCallPart],
    toolbox: Toolbox,
) -> tuple[Spent, str]:
    """Also gives the HTML of all calls, which takes time when there are hundreds."""
    spent = usage.spent(live.reply, requests, progress)
    asked = [_asked(call, toolbox) for call in calls]
    asked[MOST_CALLS:] = map(_left_out, asked[MOST_CALLS:])
    if not Step.objects.begin_round(live.reply, progress, spent, asked):
        raise Overtaken
    live.reply.known_steps = list(live.reply.steps.with_pictures())
    return spent, part_html(live.reply, "steps")
