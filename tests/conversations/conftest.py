"""A conversation to work on, and a model service that answers by script."""

import asyncio
import inspect
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
from pytest_django import Settings

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import (
    Decision,
    Exchange,
    Message,
    ModelSettings,
    NewMessage,
    Outcome,
    Progress,
    ToolCall,
    add_exchange,
    decide,
)
from chatapp.inference import CompletionRequest, Delta, Finished, InferenceClient, Service
from chatapp.inference.demo.process import demo_model
from chatapp.mcp import switches
from chatapp.replies import generation, service
from tests.conversations.kit import ANSWER, Kit, call, script

MODEL = "claude-sonnet-4-6"
type Send = Callable[..., Exchange]


def new_message(
    text: str = "Hello", conversation: uuid.UUID | None = None, **chosen: Any
) -> NewMessage:
    return NewMessage(
        client_id=uuid.uuid4(),
        conversation_id=conversation or uuid.uuid4(),
        chosen=ModelSettings(**{"model": MODEL} | chosen),
        text=text,
    )


def complete(reply: Message, text: str = "A reply.") -> None:
    """Ends a reply as if a model had written it."""
    reply.begin()
    progress = Progress(text=text)
    reply.finish(Outcome(Message.Status.COMPLETE, progress, html=f"<p>{text}</p>"))


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
    """What the database knows of the reply."""
    return await Message.objects.select_related("conversation").aget(pk=running.reply.pk)


async def made(exchange: Exchange) -> Message:
    """Makes the reply, or goes on with it, until nothing runs."""
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
    """Makes a reply with one call; gives the request with what came of it."""
    say = script([*call("look", what), Finished("tool_calls")], ANSWER)
    with answering(say):
        assert (await made(exchange)).status == "complete"
    request: CompletionRequest = say.asked[1]
    return request


@pytest.fixture
def exchange(owner: Person) -> Exchange:
    """A finished exchange in a conversation of the owner's."""
    added = add_exchange(owner, new_message())
    complete(added.reply)
    return added


@pytest.fixture
def running(owner: Person) -> Exchange:
    """An exchange whose reply waits in the queue."""
    return add_exchange(owner, new_message())


@pytest.fixture(scope="session")
def demo_url() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHAT_DEMO_RATE", "0")
        with demo_model() as url:
            yield url


@pytest.fixture
async def demo(demo_url: str, settings: Settings) -> AsyncIterator[None]:
    """The app talks to the demo model over real HTTP; every task has ended afterwards."""
    settings.SERVICE = Service("demo", demo_url)
    yield
    await background.drain(5)
    await service.close()


@pytest.fixture
async def no_service(settings: Settings) -> AsyncIterator[None]:
    """No model service is configured."""
    settings.SERVICE = Service("none")
    yield
    await background.drain(5)
    await service.close()


@pytest.fixture
def no_reply() -> Iterator[Any]:
    """No reply is made; gives what was to begin one."""
    with patch.object(generation, "start") as start:
        yield start


@pytest.fixture
async def kit(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Kit]:
    """Its tools are all there are."""
    kit = Kit()
    monkeypatch.setattr(switches, "built_in", lambda: kit.tools)
    monkeypatch.setattr(generation, "_is_closing", False)
    yield kit
    await background.drain(5)


async def ended(names: Iterable[str]) -> None:
    """Waits for named tasks, whether or not they have begun."""
    tasks = [task for name in names if (task := background.find(name))]
    if tasks:
        await asyncio.wait(tasks)
