"""What a person asks of a conversation's replies: send, edit, retry, regenerate, resume, decide.

Each verb stores the change, announces it to the person's pages and starts the reply. A view calls
one of them, in a task that continues when the browser disconnects. `stopping.stop` is another.
"""

import asyncio
import time
from collections.abc import Callable
from functools import partial
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
    branching_off,
)
from chatapp.conversations.models import decide as store_decision
from chatapp.replies import generation, stopping, taking
from chatapp.replies.accounting import CapReached, ledger

SENDING = "send:"  # begins the name of the task that adds a message
MAX_REST_SECONDS = 0.1  # between two batches of a copy
# The task of the reply begins in the first, that of its stream in the second.
LOOP_TURNS_UNTIL_ASKED = 2
LONG_TEXT = 50_000  # characters; rendering more would keep the event loop busy for 2 ms

type Sent = tuple[Exchange, ExchangeHtml]
type Added = tuple[Exchange, taking.Prepare | None]


async def send(person: Person, new: NewMessage) -> Sent:
    """Add a message and start the reply to it. Raises as `add_exchange` does, and CapReached."""
    exchange, prepare = await background.in_thread(_add, person, new, generation.may_start())
    if exchange.created:
        generation.start(exchange.reply, prepare)
        # The model is asked first: it answers while the message is rendered.
        for _ in range(LOOP_TURNS_UNTIL_ASKED):
            await asyncio.sleep(0)
    # Versions are looked up.
    is_slow = len(new.text) > LONG_TEXT or new.replaces or not exchange.created
    html = (
        await background.in_thread(ExchangeHtml.of, exchange)
        if is_slow
        else ExchangeHtml.of(exchange)
    )
    if exchange.created:
        events.exchange_added(exchange, html, new.replaces)
    if any(exchange.ended_drafts):
        await background.in_thread(events.draft_ended, exchange)
    return exchange, html


async def regenerate(reply: Message, wanted: NewVersion) -> Message:
    """Start a further version of a reply. Raises as `Message.regenerate` does, and CapReached."""
    new, created = await background.in_thread(_regenerate, reply, wanted)
    if created:
        await _announce_and_start(new, events.version_added, reply, new)
    return new


async def stop_head(message: Message, named: UUID | None) -> None:
    """Stop the reply that a conversation ends with, for a change of one of its messages.

    A page that names another last message than the conversation has, or that shows a message that
    isn't shown any more, stops nothing: its change is refused. Raises CapReached.
    """
    await background.in_thread(_check_cap, message.conversation)
    head = await background.in_thread(_unfinished_head, message, named)
    if head:
        await stopping.stop(head)


async def show(message: Message) -> None:
    """Show the branch that a message lies on. A reply that runs on the other one goes on."""
    if await background.in_thread(message.show):
        await background.in_thread(events.branch_changed, message.conversation)


async def branch_off(message: Message, new_id: UUID) -> Conversation:
    """Begin a new conversation with a copy of the messages up to this one, in small transactions.

    The same id makes one conversation: a repeated request returns it, or helps to finish it. Raises
    as `branching_off.begin` and `add_batch` do.
    """
    copying = await background.in_thread(branching_off.begin, message, new_id)
    is_announced = copying.is_whole and not copying.is_new
    loop = asyncio.get_running_loop()
    while not copying.is_whole:
        begin = loop.time()
        copying = await background.in_spare_thread(branching_off.add_batch, copying)
        # So that others get at the database, too.
        await asyncio.sleep(min(loop.time() - begin, MAX_REST_SECONDS))
    if not is_announced:
        await background.in_thread(events.conversation_begun, copying.conversation)
    return copying.conversation


async def delete_version(message: Message, head: UUID | None) -> None:
    """Delete a version and stop what runs in it. Raises as `Message.delete_version` does."""
    stopped = await background.in_thread(message.delete_version, head)
    if stopped is not None:
        stopping.end_streams(stopped)
        await background.in_thread(events.version_deleted, message)


async def restore_version(message: Message) -> None:
    """Undo the deletion of a version. Raises as `Message.restore_version` does."""
    if await background.in_thread(message.restore_version):
        await background.in_thread(events.version_restored, message)


async def retry(reply: Message) -> Message | None:
    """Start a new reply in the place of this one; None when the conversation continued. Raises
    CapReached."""
    new = await background.in_thread(_within_cap, reply, reply.retry)
    if new and new.status == Message.Status.QUEUED:
        await _announce_and_start(new, events.reply_replaced, reply, new)
    return new


async def resume(reply: Message) -> Message | None:
    """Continue a reply that ended too early; None when it can't be continued. Raises CapReached."""
    if not await background.in_thread(_within_cap, reply, reply.resume):
        return None
    await _announce_and_start(reply, events.reply_resumed, reply)
    return reply


async def decide(
    reply: Message, tool_call_id: UUID, decision: Decision, attempt: int | None
) -> Message:
    """Store a decision about a tool call; the last one starts the reply again.

    Return the reply as it is then, also when another decision was faster. Raises CapReached: the
    model is asked again after any decision.
    """
    store = partial(store_decision, reply, tool_call_id, decision, attempt)
    if await background.in_thread(_within_cap, reply, store):
        await _announce_and_start(reply, events.reply_resumed, reply)
    else:
        await background.in_thread(reply.refresh_from_db)
    return reply


def _add(person: Person, new: NewMessage, begin: bool) -> Added:
    """Add a message. With `begin` this process takes the reply in the same transaction."""
    asked_at = time.monotonic()
    try:
        ledger().check(lambda: person, new.chosen.model, new.text)
    except CapReached:
        # A request that is repeated stores nothing, so it gets the answer that was lost.
        if not Message.objects.filter(author=person, client_id=new.client_id).exists():
            raise
    exchange = add_exchange(person, new, begin=begin)
    is_taken = exchange.created and begin
    return exchange, taking.prepare(exchange.reply, asked_at) if is_taken else None


def _check_cap(conversation: Conversation) -> None:
    ledger().check(lambda: conversation.owner, conversation.model)


def _regenerate(reply: Message, wanted: NewVersion) -> tuple[Message, bool]:
    ledger().check(lambda: reply.conversation.owner, wanted.model)
    return reply.regenerate(wanted)


def _within_cap[T](reply: Message, store: Callable[[], T]) -> T:
    """Store what makes the model continue a reply. Raises CapReached before that."""
    ledger().check(lambda: reply.conversation.owner, reply.model)
    return store()


async def _announce_and_start[*Args](
    reply: Message, announce: Callable[[*Args], None], *args: *Args
) -> None:
    """Announce a reply that was queued, and start it, also when announcing it fails: until another
    process noticed, nobody would make it."""
    try:
        await background.in_thread(announce, *args)
    finally:
        if reply.status == Message.Status.QUEUED:
            generation.start(reply)


def _unfinished_head(message: Message, named: UUID | None) -> Message | None:
    branch = message.conversation.branch
    head = branch.select_related("conversation").last()
    if head is None or not head.is_unfinished or named not in (None, head.pk):
        return None
    return head if branch.filter(pk=message.pk).exists() else None
