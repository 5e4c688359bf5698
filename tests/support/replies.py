"""Make messages and replies without a model service, or with one that answers by script."""

import asyncio
import inspect
import uuid
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any
from unittest.mock import patch

from chatapp import background
from chatapp.conversations.models import (
    Decision,
    Exchange,
    FinalState,
    Message,
    ModelSettings,
    NewMessage,
    Progress,
    ToolCall,
    decide,
)
from chatapp.inference import CompletionRequest, Delta, Finished, InferenceClient
from chatapp.replies import generation
from tests.support.tool_kit import ANSWER, call, script

MODEL = "claude-sonnet-4-6"


def new_message(
    text: str = "Hello",
    conversation: uuid.UUID | None = None,
    *,
    project: Any = None,
    **chosen: Any,
) -> NewMessage:
    return NewMessage(
        client_id=uuid.uuid4(),
        conversation_id=conversation or uuid.uuid4(),
        chosen=ModelSettings(**{"model": MODEL} | chosen),
        text=text,
        project=project.pk if project else None,
    )


def complete(reply: Message, text: str = "A reply.") -> None:
    """End a reply as if a model had written it."""
    reply.begin()
    progress = Progress(text=text)
    reply.finish(FinalState(Message.Status.COMPLETE, progress, html=f"<p>{text}</p>"))


def answering(*pieces: Delta | Exception | Callable[[CompletionRequest], Any]) -> Any:
    """A client whose model says these pieces, raises those that are errors, and asks functions
    what to say to the request, one piece or a list; a coroutine function is waited for and says
    nothing."""

    async def stream(self: InferenceClient, request: CompletionRequest) -> AsyncIterator[Delta]:
        for piece in pieces:
            said = piece(request) if callable(piece) else piece
            if inspect.isawaitable(said):
                await said
                continue
            for one in said if isinstance(said, list) else [said]:
                if isinstance(one, Exception):
                    raise one
                yield one

    return patch.object(InferenceClient, "stream", stream)


async def outcome(running: Exchange) -> Message:
    """Return the reply as it is in the database."""
    return await Message.objects.select_related("conversation").aget(pk=running.reply.pk)


async def made(exchange: Exchange) -> Message:
    """Make or resume the reply until nothing runs, and return it."""
    reply = await outcome(exchange)
    await generation.generate(
        reply, Message.begin if reply.status == "queued" else Message.take_over
    )
    return await outcome(exchange)


async def decided(exchange: Exchange, decision: Decision) -> bool:
    tool_call = await ToolCall.objects.filter(
        reply=exchange.reply, state__in=["awaiting_approval", "unknown"]
    ).afirst()
    assert tool_call
    return await background.in_thread(decide, await outcome(exchange), tool_call.pk, decision)


async def looked(exchange: Exchange, what: str = "up") -> CompletionRequest:
    """Make a reply with one call; return the request with its result."""
    say = script([*call("look", what), Finished("tool_calls")], ANSWER)
    with answering(say):
        assert (await made(exchange)).status == "complete"
    request: CompletionRequest = say.asked[1]
    return request


async def ended(names: Iterable[str]) -> None:
    """Wait for named tasks, whether or not they have begun."""
    tasks = [task for name in names if (task := background.find(name))]
    if tasks:
        await asyncio.wait(tasks)
