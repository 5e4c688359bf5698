"""Run the tool calls that a model makes for a reply."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from chatapp import background
from chatapp.conversations.message_html import slot_html
from chatapp.conversations.models import (
    Activity,
    Progress,
    State,
    TokenUsage,
    ToolCall,
    ToolRequest,
)
from chatapp.conversations.models.progress import values_of
from chatapp.inference import ToolCallPart
from chatapp.replies import usage
from chatapp.replies.accounting import ledger
from chatapp.replies.live import LiveReply
from chatapp.replies.tools import results
from chatapp.replies.tools.toolbox import Toolbox
from chatapp.replies.usage import ModelRequest
from chatapp.server.valid_text import make_valid
from chatapp.tools import runner
from chatapp.tools.results import MAX_BYTES, to_json

MAX_CHARACTERS = 200  # of a name or an id
MAX_CALLS = 16  # in one round
# Bytes of the results of all calls of a reply: some 180,000 tokens, more than a model can read.
MAX_RESULTS = 600 * 1024
MIN_RESULT = 2 * 1024  # bytes that each result may have in any case


class Overtaken(Exception):
    """Another attempt makes this reply, or it is to stop."""


async def begin(
    live: LiveReply, calls: Sequence[ToolCallPart], toolbox: Toolbox, requests: list[ModelRequest]
) -> None:
    """Store the calls, and the tokens of the requests that led to them; empty `requests`.

    Raises Overtaken.
    """
    token_usage, activity, html = await background.in_thread(
        _begin, live, live.progress, list(requests), calls, toolbox
    )
    live.reply.token_usage = token_usage
    requests.clear()
    live.show_activity(activity, html)


async def settle(live: LiveReply, toolbox: Toolbox) -> bool:
    """Run what may run, all at once; return False while a call awaits approval.

    Raises Overtaken.
    """
    ready = [tool_call for tool_call in live.tool_calls if tool_call.state == State.READY]
    if ready:
        if not await background.in_thread(ToolCall.objects.start, live.reply, ready):
            raise Overtaken
        for tool_call in ready:
            tool_call.state = State.RUNNING
        live.show_changed(ready)
        toolbox = await _without_lost_tools(toolbox, ready)
        max_bytes = _share(live.tool_calls, len(ready))
        async with asyncio.TaskGroup() as group:
            for tool_call in ready:
                group.create_task(_run(tool_call, live, toolbox, max_bytes))
    return not any(tool_call.is_undecided for tool_call in live.tool_calls)


def _request(call: ToolCallPart, toolbox: Toolbox) -> ToolRequest:
    """Return the call as a database can hold it, whatever the model sent."""
    call_id, name, arguments = map(make_valid, (call.id, call.name, call.arguments))
    call_id, name = call_id[:MAX_CHARACTERS], name[:MAX_CHARACTERS]
    return ToolRequest(
        call_id,
        name,
        arguments,
        needs_approval=toolbox.needs_approval(name, arguments),
        summary=toolbox.describe(name, arguments),
    )


def _refused(request: ToolRequest) -> ToolRequest:
    sentence = _("Too many tool calls at once: at most %(max)s can be made together.")
    return request._replace(error=sentence % {"max": MAX_CALLS})


def _share(tool_calls: Sequence[ToolCall], count: int) -> int:
    """Return how many bytes each of `count` new results may have."""
    left = MAX_RESULTS - sum(len(tool_call.content.encode()) for tool_call in tool_calls)
    return min(MAX_BYTES, max(MIN_RESULT, left // count))


async def _run(tool_call: ToolCall, live: LiveReply, toolbox: Toolbox, max_bytes: int) -> None:
    await results.store(tool_call, await _outcome(tool_call, toolbox, max_bytes))
    live.show_changed([tool_call])


async def _outcome(tool_call: ToolCall, toolbox: Toolbox, max_bytes: int) -> runner.CallResult:
    tool = toolbox.find(tool_call.name)
    if tool is None:
        sentence = _("There is no tool “%(name)s”.") % {"name": tool_call.name}
        if tool_call.name in toolbox.acting:
            sentence = _("Your role on this site no longer includes this tool.")
        return runner.CallResult(to_json({"error": sentence}), tool_call.name, 0.0, error=sentence)
    return await runner.run(tool, tool_call.arguments, toolbox.context, max_bytes=max_bytes)


async def _without_lost_tools(toolbox: Toolbox, calls: Sequence[ToolCall]) -> Toolbox:
    """Return the toolbox without the tools that the person's role includes no longer, if the calls
    name any. What is offered to the model stays the same until the next attempt."""
    is_safe = toolbox.acting.isdisjoint(call.name for call in calls)
    if is_safe or await background.in_thread(toolbox.may_still_act):
        return toolbox
    kept = {name: tool for name, tool in toolbox.tools.items() if name not in toolbox.acting}
    return replace(toolbox, tools=kept)


def _begin(
    live: LiveReply,
    progress: Progress,
    requests: list[ModelRequest],
    calls: Sequence[ToolCallPart],
    toolbox: Toolbox,
) -> tuple[TokenUsage, Activity, str]:
    """Store calls; return the token usage, and the activity that the calls belong to with its HTML,
    which takes time to render."""
    counted = usage.count(live.reply, requests, progress)
    asked = [_request(call, toolbox) for call in calls]
    asked[MAX_CALLS:] = map(_refused, asked[MAX_CALLS:])
    with transaction.atomic():
        if not ToolCall.objects.begin_round(live.reply, progress, counted.tokens, asked):
            raise Overtaken
        ledger().settle(counted.calls)
    live.reply.known_tool_calls = list(live.reply.tool_calls.with_images())
    live.reply.assign(values_of(progress))
    activity = live.reply.activities[-1]
    return counted.tokens, activity, slot_html(live.reply, "activity", activity=activity)
