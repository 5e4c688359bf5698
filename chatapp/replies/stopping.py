"""Stopping a reply, wherever it is made: what was published up to then stays."""

import asyncio
from collections.abc import Iterable
from uuid import UUID

from chatapp import background
from chatapp.conversations.models import Message
from chatapp.conversations.models.lease import CloseCondition
from chatapp.realtime.relay import relay
from chatapp.replies import generation, outcomes

REMOTE_STOP_SECONDS = 2.0  # for another process to end its stream; then it counts as dead
POLL_SECONDS = 0.25  # seconds


def start() -> None:
    """Listen for other processes' requests to stop a reply."""
    relay.on("stop", lambda reply: generation.stop_here(UUID(reply)))


async def stop(reply: Message) -> None:
    """End a reply at once if this process makes it, and soon if another does.

    The request is stored, so a stream that hasn't begun yet sees it too.
    """
    if await background.in_thread(_request_stop, reply):
        end_requested(reply)


def end_requested(reply: Message) -> None:
    """End a reply whose row has the request to stop already, wherever it is made."""
    if generation.is_made_here(reply):
        generation.stop_here(reply.pk)
    else:
        relay.send_command("stop", reply=str(reply.pk))
        background.spawn(f"stop:{reply.pk}", _await_stop(reply))


def end_streams(replies: Iterable[UUID]) -> None:
    """End the streams of replies whose rows are closed already, wherever they are made."""
    here = generation.made_here()
    for reply in replies:
        if reply in here:
            generation.stop_here(reply)
        else:
            relay.send_command("stop", reply=str(reply))


def _request_stop(reply: Message) -> bool:
    """Ask the process that makes the reply to stop it; return False when no process makes it.

    A reply that awaits approval is ended here. If an approval arrives between the two queries, the
    reply runs again, so the stop is requested again.
    """
    if reply.request_stop():
        return True
    return not _end(reply, "awaits approval") and reply.request_stop()


async def _await_stop(reply: Message) -> None:
    """Let the process that makes the reply end it: only that process has all of its text."""
    loop = asyncio.get_running_loop()
    until = loop.time() + REMOTE_STOP_SECONDS
    while loop.time() < until:
        if await background.in_thread(_is_over, reply):
            return
        await asyncio.sleep(POLL_SECONDS)
    await background.in_thread(_close, reply)


def _close(reply: Message) -> None:
    """End the reply unless it was resumed meanwhile."""
    _end(reply, "has a stop request")


def _end(reply: Message, only_if: CloseCondition) -> bool:
    return outcomes.close(reply, Message.Status.STOPPED, only_if=only_if)


def _is_over(reply: Message) -> bool:
    if _end(reply, "is lost"):
        return True
    asked = Message.objects.running().exclude(stop_requested_at=None)
    return not asked.filter(pk=reply.pk).exists()
