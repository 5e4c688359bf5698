"""Whatever the service refuses, and wherever the reason is: the conversation goes on by itself, or
after one click."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pytest_django import Settings

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.inference import Service, retry
from chatapp.inference.errors import BudgetUsedUp
from chatapp.replies import service
from tests.diagnostics.model_service import ModelService, running
from tests.inference.wire import BLOCKED, HELLO, OK, chunk, event, plain, refusal, text_event
from tests.replies.places import BAD, PLACES, in_an_image, say
from tests.replies.test_refused_images import make_image
from tests.support.replies import ended, made
from tests.support.tool_kit import Kit
from tests.texts import sampled

pytestmark = pytest.mark.django_db(transaction=True)

# Those that the wire changes nothing about are in test_failures_in_every_place.
SENT = ("this message", "history", "an image", "an earlier image", "a tool result", "settings")
END = b"0\r\n\r\n"
LLAMA = {
    "type": "exceed_context_size_error",
    "message": "the request exceeds the available context size",
    "n_prompt_tokens": 9_000,
    "n_ctx": 8_192,
}


def finished(reason: str, text: str = "") -> bytes:
    end = {"choices": [{"delta": {}, "finish_reason": reason}]}
    said = text_event(text) if text else event(role="assistant")
    return OK + chunk(said + b"data: " + json.dumps(end).encode() + b"\n\n") + END


def refused_as(error: dict[str, Any]) -> bytes:
    return plain("400 Bad Request", json.dumps({"error": error}).encode())


FAILURES: dict[str, bytes] = {
    "400": refusal(400, "odd"),
    "401": refusal(401, "no"),
    "402": refusal(402, "Insufficient credits"),
    "budget": refusal(400, "Your credit balance is too low"),
    "403": refusal(403, "no access"),
    "404": refusal(404),
    "model": refusal(404, "The model `x` does not exist."),
    "413": refusal(413),
    "too long": refusal(400, "prompt is too long: 9000 tokens > 8192 maximum"),
    "llama.cpp": refused_as(LLAMA),
    "image": refusal(422, "failed to fetch image; check the url provided is valid"),
    "422": refusal(422, "odd"),
    "429": refusal(429, "slow down"),
    "500": refusal(500, "Failed to execute chat"),
    "503": refusal(503),
    "firewall": BLOCKED,
    "declined": finished("refusal"),
    "declined halfway": finished("content_filter", "Well"),
    "filter": refusal(400, "Output blocked by content filtering policy"),
    "empty": finished("stop"),
    "interrupted": OK + chunk(text_event("Hel")) + END,
    "unreadable": OK + chunk(b"data: {\n\n") + END,
    "moved": plain("301 Moved", b"", Location="https://a.example/"),
    "405": refusal(405),
    "408": refusal(408, "slow"),
    "529": refusal(529, "overloaded"),
    "dropped": b"",
    "a page": plain("200 OK", b"<html>Welcome</html>", "text/html"),
    "an error as an answer": plain("200 OK", b'{"error": {"message": "odd"}}'),
    "an error in the stream": OK + chunk(b'data: {"error": {"message": "odd"}}\n\n') + END,
    "an error in the text": OK
    + chunk(text_event("Hel") + b'data: {"error": {"message": "odd"}}\n\n')
    + END,
}


FEW_FAILURES = ("400", "budget", "model", "too long", "image", "500", "declined", "interrupted")


class Birds(ModelService):
    """Fails in one way while a part of the request is bad, and answers otherwise."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.fails_with = b""
        self.mark = BAD  # of the bad part
        self.also = BAD  # another mark

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        text = json.dumps(self.bodies[-1])
        is_bad = self.mark in text or self.also in text
        answer = self.fails_with if is_bad else HELLO
        writer.write(answer)
        await writer.drain()
        if not answer:
            raise ConnectionResetError


@pytest.fixture
async def birds(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, impatient_line: None
) -> AsyncIterator[Birds]:
    monkeypatch.setattr(retry, "PAUSES_SECONDS", (0.0, 0.0, 0.0))
    async with running(service_of_birds := Birds()):
        settings.SERVICE = Service("compatible", service_of_birds.url, "")
        yield service_of_birds
        await background.drain(5)
        await service.close()


@pytest.mark.parametrize("kind", sampled(FAILURES, few=FEW_FAILURES))
async def test_the_conversation_goes_on(owner: Person, kit: Kit, birds: Birds, kind: str) -> None:
    for name in SENT:
        place = PLACES[name]
        birds.fails_with = HELLO
        failing = await place.begin(owner)
        birds.fails_with = FAILURES[kind]
        birds.mark = "image_url" if place.is_image else BAD

        reply = await made(failing)
        if reply.status != "complete":
            assert (reply.status, bool(reply.error)) == ("failed", True), name
            await place.click(reply)
            reply = await made(await say(owner, "And now?", failing))

        assert (reply.status, reply.text) == ("complete", "Hello"), name


@pytest.mark.parametrize("kind", ["400", "500"])
async def test_images_that_may_be_the_cause_are_left_out_from_then_on(
    owner: Person, birds: Birds, kind: str
) -> None:
    birds.fails_with, birds.mark = FAILURES[kind], "image_url"
    exchange = await in_an_image(owner)
    reply = await made(exchange)

    assert (reply.status, reply.text) == ("complete", "Hello")
    [line] = reply.notice_lines
    assert line.startswith("The service failed while an image was in the request.")

    await ended([f"title:{exchange.conversation.pk}"])
    asked = len(birds.bodies)
    later = await made(await say(owner, "And now?", exchange))
    assert (later.status, len(birds.bodies)) == ("complete", asked + 1)
    assert later.notice_lines == ["One earlier image was excluded."]

    fresh = await background.in_thread(make_image, owner, "another.png")
    birds.fails_with = HELLO
    await made(await say(owner, "And this?", exchange, images=(fresh,)))
    assert json.dumps(birds.bodies[-1]).count("image_url") == 2  # the type and the field of one


async def test_another_model_gets_them(owner: Person, birds: Birds) -> None:
    birds.fails_with, birds.mark = FAILURES["500"], "image_url"
    exchange = await in_an_image(owner)
    await made(exchange)

    birds.fails_with = HELLO
    await made(await say(owner, "And now?", exchange, model="claude-4-5-sonnet"))
    assert "image_url" in json.dumps(birds.bodies[-1])


async def test_a_model_that_is_gone_leaves_the_others_alone(owner: Person, birds: Birds) -> None:
    birds.fails_with, birds.mark = FAILURES["model"], "sonnet-4-6"
    birds.also = "4-6-sonnet"
    exchange = await say(owner, "Hello")
    reply = await made(exchange)
    assert reply.error.startswith("The service doesn't offer this model, or no longer does.")
    assert "Choose another model." in reply.error

    other = await made(await say(owner, "Hello", exchange, model="claude-4-5-sonnet"))
    assert (other.status, other.text) == ("complete", "Hello")


@pytest.mark.parametrize("kind", ["402", "budget"])
async def test_a_budget_that_is_used_up_is_for_the_owner_to_raise(
    owner: Person, birds: Birds, kind: str
) -> None:
    birds.fails_with, birds.mark = FAILURES[kind], "Hello"
    reply = await made(await say(owner, "Hello"))

    assert "The owner of this site has to raise it." in reply.error
    assert "Change the message" not in reply.error
    assert isinstance(service.refusal(), BudgetUsedUp)
