"""What a person asks of a conversation's replies: send, edit, retry, regenerate, resume, decide.

Each verb stores the change, announces it to the person's pages and starts the reply. A view calls
one of them, in a task that continues when the browser disconnects. `stopping.stop` is another.
"""

import asyncio
import time
from uuid import UUID

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations import events
from chatapp.conversations.events import ExchangeHtml
from chatapp.conversations.models import (
    Conversation,
    Decision,
    Exchange,
    Message,
    NewMessage,
    NewVersion,
    add_exchange,
)
from chatapp.conversations.models import decide as store_decision
from chatapp.replies import generation, stopping, taking

SENDING = "send:"  # begins the name of the task that adds a message
LOOP_TURNS_UNTIL_ASKED = (
    2  # the task of the reply begins in the first, that of its stream in the second
)
LONG_TEXT = 50_000  # characters; rendering more would keep the event loop busy for 2 ms

type Sent = tuple[Exchange, ExchangeHtml]
type Added = tuple[Exchange, ExchangeHtml | None, taking.Prepare | None]


async def send(person: Person, new: NewMessage) -> Sent:
    """Add a message and start the reply to it. Raises as `add_exchange` does."""
    exchange, html, prepare = await background.in_thread(_add, person, new, generation.may_start())
    if exchange.created:
        generation.start(exchange.reply, prepare)
        # The model is asked first: it answers while the message is rendered.
        for _ in range(LOOP_TURNS_UNTIL_ASKED):
            await asyncio.sleep(0)
    html = html or ExchangeHtml.of(exchange)
    if exchange.created:
        events.exchange_added(exchange, html, new.replaces)
    return exchange, html


async def regenerate(reply: Message, wanted: NewVersion) -> Message:
    """Start a further version of a reply. Raises as `Message.regenerate` does."""
    new, created = await background.in_thread(reply.regenerate, wanted)
    if created:
        await background.in_thread(events.version_added, reply, new)
        generation.start(new)
    return new


async def stop_head(conversation: Conversation) -> None:
    """Stop the reply that a conversation ends with, if it runs or awaits an approval."""
    head = await background.in_thread(_unfinished_head, conversation)
    if head:
        await stopping.stop(head)


async def show(message: Message) -> None:
    """Show the branch that a message lies on. A reply that runs on the other one goes on."""
    if await background.in_thread(message.show):
        await background.in_thread(events.branch_changed, message.conversation)


async def retry(reply: Message) -> Message | None:
    """Start a new reply in the place of this one; None when the conversation continued."""
    new = await background.in_thread(reply.retry)
    if new and new.status == Message.Status.QUEUED:
        await background.in_thread(events.reply_replaced, reply, new)
        generation.start(new)
    return new


async def resume(reply: Message) -> Message | None:
    """Continue a reply that ended too early; None when it can't be continued."""
    if not await background.in_thread(reply.resume):
        return None
    await background.in_thread(events.reply_resumed, reply)
    generation.start(reply)
    return reply


async def decide(
    reply: Message, tool_call_id: UUID, decision: Decision, attempt: int | None
) -> Message:
    """Store a decision about a tool call; the last one starts the reply again.

    Return the reply as it is then, also when another decision was faster.
    """
    if await background.in_thread(store_decision, reply, tool_call_id, decision, attempt):
        await background.in_thread(events.reply_resumed, reply)
        if reply.status == Message.Status.QUEUED:
            generation.start(reply)
    else:
        await background.in_thread(reply.refresh_from_db)
    return reply


def _add(person: Person, new: NewMessage, begin: bool) -> Added:
    """Add a message. With `begin` this process takes the reply in the same transaction."""
    asked_at = time.monotonic()
    exchange = add_exchange(person, new, begin=begin)
    if not exchange.created:
        return exchange, ExchangeHtml.of(exchange), None
    if any(exchange.ended_drafts):
        events.draft_ended(exchange)
    # Versions are looked up.
    is_slow = len(new.text) > LONG_TEXT or new.replaces
    html = ExchangeHtml.of(exchange) if is_slow else None
    return exchange, html, taking.prepare(exchange.reply, asked_at) if begin else None


def _unfinished_head(conversation: Conversation) -> Message | None:
    head = conversation.branch.select_related("conversation").last()
    return head if head and head.is_unfinished else None
