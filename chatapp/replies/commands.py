"""What a person asks of a conversation's replies: send, retry, resume, decide.

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
    Decision,
    Exchange,
    Message,
    NewMessage,
    add_exchange,
)
from chatapp.conversations.models import decide as store_decision
from chatapp.replies import generation, taking

SENDING = "send:"  # begins the name of the task that adds a message
LONG_TEXT = 50_000  # characters; rendering more would keep the event loop busy for 2 ms

type Sent = tuple[Exchange, ExchangeHtml]
type Added = tuple[Exchange, ExchangeHtml | None, taking.Prepare | None]


async def send(person: Person, new: NewMessage) -> Sent:
    """Add a message and start the reply to it. Raises as `add_exchange` does."""
    exchange, html, prepare = await background.in_thread(_add, person, new, generation.may_start())
    if exchange.created:
        generation.start(exchange.reply, prepare)
        # The model is asked first: it answers while the message is rendered.
        await asyncio.sleep(0)
    html = html or ExchangeHtml.of(exchange)
    if exchange.created:
        events.exchange_added(exchange, html)
    return exchange, html


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
    html = ExchangeHtml.of(exchange) if len(new.text) > LONG_TEXT else None
    return exchange, html, taking.prepare(exchange.reply, asked_at) if begin else None
