"""The calls that a reply makes: recorded before each, and settled with what it led to."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import transaction

from chatapp import background
from chatapp.conversations.models import Message
from chatapp.conversations.models.progress import values_of
from chatapp.replies import usage
from chatapp.replies.accounting import Call, CallUsage, NewCall, ledger
from chatapp.replies.prompt.building import Prompt


def begin(prompt: Prompt, text_before: int, reasoning_before: int) -> Prompt:
    """Record the call that a prompt is for, and return what may be sent. Raises CapReached."""
    reply = prompt.reply
    new = NewCall(
        "tool_round" if reply.shown_tool_calls else "reply",
        prompt.request,
        conversation=reply.conversation,
        reply_id=reply.pk,
        text_before=text_before,
        reasoning_before=reasoning_before,
    )
    call = ledger().begin(new)
    return replace(prompt, request=call.request, call=call)


async def recorded[T: (Prompt, Call)](begin_call: Callable[..., T], *args: Any) -> T:
    """Return a call, or its prompt, that is recorded in a thread. If the task is cancelled
    meanwhile, the call is never sent, and costs nothing. Raises CapReached."""
    work = asyncio.ensure_future(background.in_thread(begin_call, *args))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait({work})
        begun = None if work.exception() else work.result()
        call = begun.call if isinstance(begun, Prompt) else begun
        if call:
            await background.in_thread(ledger().settle, [(call, CallUsage())])
        raise


def limited(prompt: Prompt, call: Call | None) -> Prompt:
    """Return another prompt for the same call, with no more tokens than were allowed for it."""
    if call is None:
        return prompt
    allowed = call.request
    request = replace(
        prompt.request,
        max_tokens=allowed.max_tokens,
        thinking_budget=allowed.thinking_budget,
    )
    return replace(prompt, request=request)


@transaction.atomic
def settle_lost(reply: Message) -> bool:
    """Settle the calls of a reply whose process died or is out of reach, by what was saved, and add
    their tokens to the reply's; False when there are none."""
    lost = ledger().unsettled(reply.pk)
    if not lost:
        return False
    usages = usage.lost_usages(reply, lost)
    ledger().settle_lost(list(zip(lost, usages, strict=True)))
    usage.add(reply, usages)
    Message.objects.filter(pk=reply.pk).update(**values_of(reply.token_usage))
    return True
