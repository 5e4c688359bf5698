"""After every failure there is, wherever its reason is: the next message works, or one click makes
it work."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from pytest_django import Settings

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.inference import (
    CompletionRequest,
    Finished,
    ImagePart,
    InferenceError,
    Service,
    TextDelta,
    errors,
)
from chatapp.replies import service
from chatapp.tools.tool import Output
from tests.replies.places import BAD, LOOK, PLACES, Place, say
from tests.replies.test_nothing_gets_stuck import SENT
from tests.support.replies import answering, made
from tests.support.tool_kit import ANSWER, Kit, call, results

pytestmark = pytest.mark.django_db(transaction=True)

BUG = RuntimeError
# The others are sent over the wire, with every answer of a service, in test_nothing_gets_stuck.
OTHERS = ["this message", *(name for name in PLACES if name not in SENT)]


def all_errors(kind: type[InferenceError] = InferenceError) -> list[type[InferenceError]]:
    return [kind, *(found for below in kind.__subclasses__() for found in all_errors(below))]


@pytest.fixture(autouse=True)
async def _unreachable_service(settings: Settings) -> AsyncIterator[None]:
    settings.SERVICE = Service("compatible", "http://127.0.0.1:9", "")
    yield
    await background.drain(5)
    await service.close()


def has(request: CompletionRequest, place: Place) -> bool:
    """Return whether what is bad in this place is in the request."""
    if not place.is_image:
        return place.mark in repr(request)
    parts = [part for message in request.messages for part in message.parts]
    return any(isinstance(part, ImagePart) for part in parts)


def failing_with(pieces: list[Any], place: Place) -> Callable[[CompletionRequest], list[Any]]:
    """Return a model that says these pieces while a part of the request is bad."""

    def answer(request: CompletionRequest) -> list[Any]:
        if has(request, place):
            return pieces
        is_asked_to_look = request.messages[-1].text.startswith(LOOK) and not results(request)
        looks = [*call("look"), Finished("tool_calls")]
        return looks if request.tools and is_asked_to_look else ANSWER

    return answer


async def check(owner: Person, pieces: list[Any], name: str) -> None:
    place = PLACES[name]
    failing = await place.begin(owner)
    with answering(failing_with(pieces, place)):
        reply = await made(failing)
        assert reply.status != "complete" or place.is_image  # which may have been left out
        if reply.status != "complete":
            assert (reply.status, bool(reply.error)) == ("failed", True), name
            await place.click(reply)
            reply = await made(await say(owner, "And now?", failing))

    assert (reply.status, reply.text) == ("complete", "It is done."), name


@pytest.mark.usefixtures("impatient_line")
@pytest.mark.parametrize("kind", [*all_errors(), BUG], ids=lambda kind: str(kind.__name__))
async def test_every_failure_leaves_a_way_on(
    owner: Person, kit: Kit, kind: type[Exception]
) -> None:
    kit.gives = Output({"found": BAD}, "Looked")
    for name in OTHERS:
        await check(owner, [kind()], name)


@pytest.mark.parametrize("kind", [errors.Interrupted, errors.ServiceFailed, BUG])
async def test_a_failure_after_some_text_leaves_a_way_on(
    owner: Person, kit: Kit, kind: type[Exception]
) -> None:
    kit.gives = Output({"found": BAD}, "Looked")
    for name in PLACES:
        await check(owner, [TextDelta("Hel"), kind()], name)


async def test_a_service_that_is_connected_later_answers(owner: Person, settings: Settings) -> None:
    settings.SERVICE = Service("none")
    exchange = await say(owner, "Hello")
    failed = await made(exchange)
    assert failed.error.startswith(errors.NotConnected.reason)

    with answering(*ANSWER):
        reply = await made(await say(owner, "And now?", exchange))
    assert reply.status == "complete"
