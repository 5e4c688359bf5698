"""A reply in the line for the service: it waits instead of failing, and whoever takes it over keeps
its place."""

import asyncio
import re
from collections.abc import Iterator

import pytest
from django.test import AsyncClient

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Exchange, add_exchange
from chatapp.inference import Finished, RateLimits, TextDelta
from chatapp.inference.errors import RateLimited
from chatapp.replies import generation, line, live, service, stopping, titles
from chatapp.replies.line import Call, Standing, Urgency
from chatapp.spending.line import rules
from chatapp.spending.line.service_line import service_line
from tests.support.replies import answering, complete, made, new_message, outcome

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]

ANSWER = (TextDelta("Hello."), Finished("stop"))


class FullLine:
    """Lets nobody through, and remembers who came."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.has_come = asyncio.Event()

    async def go(self, call: Call) -> None:
        self.calls.append(call)
        self.has_come.set()
        await asyncio.Event().wait()

    def report(self, model: str, rate_limits: RateLimits) -> None:
        """Ignore it."""


@pytest.fixture
def full() -> Iterator[FullLine]:
    full = FullLine()
    line.register(full)
    yield full
    line.register(service_line)


async def test_a_reply_that_is_refused_again_and_again_ends_well(
    running: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "PAUSE", 0.0001)
    refusals = [RateLimited() for _ in range(8)]

    def answer(_request: object) -> object:
        return refusals.pop() if refusals else list(ANSWER)

    with answering(answer):
        reply = await made(running)
    assert (reply.status, reply.text, refusals) == ("complete", "Hello.", [])


async def test_a_waiting_reply_is_queued_and_can_be_stopped(
    running: Exchange, full: FullLine
) -> None:
    making = asyncio.create_task(made(running))
    await full.has_come.wait()
    [waiting] = live.all_here()
    waiting._wait._standing = Standing(2, 20.0)
    waiting._wait._show()
    assert waiting.waits_for_service
    assert waiting.state.live_status.replies_before == 2
    await stopping.stop(await outcome(running))
    reply = await making
    assert (reply.status, reply.text) == ("stopped", "")


async def test_a_reply_that_is_taken_over_waits_since_it_was_asked_for(
    running: Exchange, full: FullLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        making = asyncio.create_task(made(running))
        await full.has_come.wait()
        full.has_come.clear()
        generation.release_all()
        assert (await making).leased_by == ""
    first, second = full.calls
    assert first.since == second.since == running.reply.created_at.timestamp()
    assert (first.person, first.urgency) == (running.conversation.owner_id, Urgency.REPLY)


async def test_without_a_line_calls_are_made_at_once_and_the_client_waits(
    running: Exchange,
) -> None:
    line.register(None)
    try:
        await service.close()
        assert service.client()._waits_for_quota
        with answering(*ANSWER):
            assert (await made(running)).status == "complete"
        line.report("claude-sonnet-4-6", None)  # type: ignore[arg-type]
    finally:
        line.register(service_line)
        await service.close()


@pytest.mark.usefixtures("impatient_line")
async def test_a_title_that_finds_no_room_is_given_up_silently(owner: Person) -> None:
    exchange = await background.in_thread(add_exchange, owner, new_message())
    await background.in_thread(complete, exchange.reply)
    request = await background.in_thread(titles.title_request, exchange.reply)
    assert request
    asked = []

    def refuse(request: object) -> RateLimited:
        asked.append(request)
        return RateLimited()

    with answering(refuse):
        await titles.suggest(exchange.conversation, request)
    assert asked
    assert (await Conversation.objects.aget()).titled_by == "nobody"


async def test_a_page_as_it_is_loaded_shows_the_place_and_the_estimate(
    running: Exchange, full: FullLine, async_owner_client: AsyncClient
) -> None:
    """Without scripts a page is only loaded again, and has no other way to learn of it."""
    url = f"/c/{running.conversation.pk}/"
    making = asyncio.create_task(made(running))
    await full.has_come.wait()
    [waiting] = live.all_here()
    show = full.calls[0].show
    before = (await async_owner_client.get(url)).text
    show(Standing(2, 20.0))
    waiting._wait._show()
    page = (await async_owner_client.get(url)).text
    show(Standing(0, 5.0))
    last = (await async_owner_client.get(url)).text
    background.cancel(waiting.stream_name)
    await making

    assert "live-timer" not in before
    assert re.search(r"2 replies before yours, about\s*<live-timer[^>]*>20\ss</live-timer>", page)
    assert 'http-equiv="refresh"' in page
    assert re.search(r"Next in line, about\s*<live-timer[^>]*>5\ss</live-timer>", last)
    assert "live-timer" not in (await async_owner_client.get(url)).text
