"""What was learned about models: kept in the database, for all processes, until it is forgotten."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from PIL import Image as Pillow
from pytest_django import Settings

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, add_exchange
from chatapp.images.models import Image
from chatapp.images.processing import prepare
from chatapp.images.shown_image import ShownImage
from chatapp.inference import Service
from chatapp.inference.knowledge import Fact, Learned
from chatapp.replies import learning, service
from chatapp.replies.models import LearnedFact, LearnedFactQuerySet
from chatapp.replies.prompt import image_delivery
from tests.diagnostics.model_service import ModelService, running
from tests.images.samples import encoded
from tests.inference.wire import HELLO, in_turn, refusal
from tests.support.replies import made, new_message

pytestmark = pytest.mark.django_db(transaction=True)

MODEL = "claude-sonnet-4-6"
LIMIT = refusal(400, "max_tokens: 8192 > 4096, which is the maximum allowed number of tokens")
FACT = Fact(MODEL, "max_output", 4_096, (timezone.now() + timedelta(days=1)).timestamp())


@pytest.fixture
async def asked(settings: Settings) -> AsyncIterator[ModelService]:
    """A service that refuses the first request because of its limit."""
    async with running(ModelService(in_turn(LIMIT, HELLO))) as model_service:
        settings.SERVICE = Service("compatible", model_service.url, "")
        yield model_service
        await background.drain(5)
        await service.close()


def make_image(owner: Person) -> Image:
    content = encoded(Pillow.new("RGB", (9, 9)), "PNG")
    return Image.objects.store(owner, prepare(content, "heron.png"))


async def rows() -> list[str]:
    return [str(row) async for row in LearnedFact.objects.all()]


async def stored() -> None:
    for task in background.running("learned:"):
        await task


async def test_a_limit_is_reported_once_and_survives_a_restart(
    asked: ModelService, owner: Person, running: Exchange
) -> None:
    first = await made(running)
    assert first.status == "complete"
    [line] = first.notice_lines
    assert "at most 4,096 tokens" in line
    await stored()
    assert await rows() == [f"{MODEL}: max_output 4096"]

    await service.close()  # the process ends, and another begins
    learning.new_knowledge()
    await learning.refresh()
    assert learning.known(MODEL) == Learned(max_output=4_096)


async def test_later_requests_keep_to_it_without_a_word(
    asked: ModelService, owner: Person, running: Exchange
) -> None:
    await made(running)
    message = new_message("And now?", running.conversation.pk)
    later = await made(await background.in_thread(add_exchange, owner, message))
    assert (later.status, later.notice_lines) == ("complete", [])
    assert len(asked.bodies) == 4  # with the title
    assert asked.bodies[-1]["max_tokens"] == 4_096


async def test_a_replacement_that_is_refused_is_forgotten_for_good(
    asked: ModelService, running: Exchange
) -> None:
    asked.answer = in_turn(refusal(404, "The model `gone` does not exist."), HELLO)
    replaced = Fact(MODEL, "replacement", "gone", FACT.until)
    await background.in_thread(LearnedFact.objects.store, asked.url, replaced)
    service.client()
    await learning.refresh()

    reply = await made(running)

    assert (reply.status, reply.notice_lines) == ("complete", [])
    assert [body["model"] for body in asked.bodies[:2]] == ["gone", MODEL]
    await learning.refresh()  # whether or not the row is gone by now
    assert learning.known(MODEL) == Learned()
    await stored()
    assert await rows() == []
    await learning.refresh()
    assert learning.known(MODEL) == Learned()


async def test_the_delivery_of_images_survives_a_restart(
    asked: ModelService, owner: Person, settings: Settings
) -> None:
    settings.PUBLIC_ORIGIN = "https://chat.example.com"
    asked.answer = in_turn(refusal(422, "failed to fetch image; check the url"), HELLO)
    image = await background.in_thread(make_image, owner)
    message = replace(new_message("What is this?"), images=(ShownImage(image),))
    added = await background.in_thread(add_exchange, owner, message)

    assert (await made(added)).status == "complete"
    await stored()
    assert await rows() == [f"{MODEL}: image_delivery inline"]

    await service.close()
    learning.new_knowledge()
    assert image_delivery.deliveries(MODEL) == ("link", "inline")
    await learning.refresh()
    assert image_delivery.deliveries(MODEL) == ("inline", "link")


async def test_other_processes_know_what_one_has_learned(asked: ModelService) -> None:
    learning.new_knowledge()
    await background.in_thread(LearnedFact.objects.store, asked.url, FACT)
    await background.in_thread(LearnedFact.objects.store, "https://elsewhere.example", FACT)
    assert learning.known(MODEL) == Learned()
    await learning.refresh()
    assert learning.known(MODEL) == Learned(max_output=4_096)


async def test_forgetting_is_for_all_processes_and_this_service_only(asked: ModelService) -> None:
    learning.new_knowledge()
    for url in (asked.url, "https://elsewhere.example"):
        await background.in_thread(LearnedFact.objects.store, url, FACT)
    await learning.refresh()
    assert await background.in_thread(learning.forget) == 1
    assert learning.known(MODEL) == Learned()
    await learning.refresh()
    assert learning.known(MODEL) == Learned()
    assert len(await rows()) == 1


def test_what_was_learned_long_ago_is_tried_anew() -> None:
    outdated = Fact(MODEL, "max_output", 4_096, datetime(2020, 1, 1, tzinfo=UTC).timestamp())
    LearnedFact.objects.store("u", outdated)
    assert LearnedFact.objects.of("u").facts() == []
    LearnedFact.objects.store("u", FACT)
    assert [fact.value for fact in LearnedFact.objects.of("u").facts()] == [4_096]
    assert LearnedFact.objects.count() == 1


def test_a_row_that_this_version_cannot_use_is_ignored() -> None:
    LearnedFact.objects.create(
        service="u", model=MODEL, name="mood", value={}, until=timezone.now() + timedelta(days=1)
    )
    assert LearnedFact.objects.of("u").facts() == []


async def test_a_command_of_another_process_makes_this_one_read_anew(
    asked: ModelService, monkeypatch: pytest.MonkeyPatch
) -> None:
    handlers: dict[str, Callable[[], object]] = {}
    refreshed: asyncio.Queue[Learned] = asyncio.Queue()
    refresh = learning.refresh

    async def refresh_and_report() -> None:
        await refresh()
        refreshed.put_nowait(learning.known(MODEL))

    monkeypatch.setattr(learning.relay, "on", handlers.__setitem__)
    monkeypatch.setattr(learning, "refresh", refresh_and_report)
    learning.new_knowledge()
    learning.start()
    assert await refreshed.get() == Learned()

    await background.in_thread(LearnedFact.objects.store, asked.url, FACT)
    handlers[learning.COMMAND]()
    assert await refreshed.get() == Learned(max_output=4_096)


async def test_a_database_that_is_away_costs_no_knowledge(
    asked: ModelService, running: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise OperationalError

    monkeypatch.setattr(LearnedFactQuerySet, "store", fail)
    assert (await made(running)).status == "complete"
    await stored()
    await learning.refresh()
    assert learning.known(MODEL) == Learned(max_output=4_096)
    await background.in_thread(learning.forget)
    await learning.refresh()
    assert learning.known(MODEL) == Learned()


async def test_nothing_is_learned_about_the_demo_model(demo: None, owner: Person) -> None:
    message = new_message("/nothinking /newfield Hello", thinking="low")
    added = await background.in_thread(add_exchange, owner, message)
    assert (await made(added)).status == "complete"
    await stored()
    assert (await rows(), learning.known(MODEL)) == ([], Learned())
