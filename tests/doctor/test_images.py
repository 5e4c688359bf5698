"""Images for the model: a link counts only when it was fetched."""

import asyncio
import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import AsyncClient
from pytest_django import Settings

from chatapp.doctor.checks import images
from chatapp.doctor.models import SentLink
from chatapp.inference import load_catalog
from tests.doctor.conftest import Serve
from tests.doctor.model_service import ModelService
from tests.inference.wire import HELLO, Answer, refusal

pytestmark = pytest.mark.django_db(transaction=True)
REFUSAL = refusal(422, "failed to fetch image; check the url provided is valid")


@pytest.fixture
def origin(settings: Settings) -> None:
    settings.PUBLIC_ORIGIN = "https://chat.example.com"
    settings.IMAGE_DELIVERY = "auto"


class Looker:
    """Answers as a service that takes links, bytes or both; fetches links unless told not to."""

    def __init__(self, *taken: str, fetches: bool = True) -> None:
        self.taken, self.fetches = taken, fetches
        self.fetched: list[Any] = []
        self.service: ModelService

    async def __call__(self, writer: asyncio.StreamWriter) -> None:
        url = self.service.asked_images[-1]
        form = "inline" if url.startswith("data:") else "link"
        if form == "link" and self.fetches:
            self.fetched.append(await AsyncClient().get(urlsplit(url).path))
        writer.write(HELLO if form in self.taken else REFUSAL)


@pytest.fixture
def looking(serve: Serve) -> Callable[..., Any]:
    async def start(*taken: str, fetches: bool = True) -> Looker:
        looker = Looker(*taken, fetches=fetches)
        answer: Answer = looker
        looker.service = await serve(answer)
        return looker

    return start


async def test_a_link_that_is_fetched_is_green(looking: Any, origin: None) -> None:
    looker = await looking("link", "inline")

    result = await images.look()

    assert result.level == "green"
    assert result.found == "The service fetched our link 1 time. It takes bytes too."
    [fetched] = looker.fetched
    assert fetched.status_code == 200
    assert fetched["Content-Type"] == "image/png"
    assert fetched.content == images.test_image()
    assert [body["max_tokens"] for body in looker.service.bodies] == [1, 1]


async def test_nothing_stays_of_a_link(looking: Any, origin: None) -> None:
    looker = await looking("link")

    await images.look()

    assert not await SentLink.objects.aexists()
    url = next(one for one in looker.service.asked_images if one.startswith("https:"))
    assert (await AsyncClient().get(urlsplit(url).path)).status_code == 404


async def test_an_answer_without_a_fetch_is_yellow(
    looking: Any, origin: None, on_dyno: None
) -> None:
    await looking("link", "inline", fetches=False)

    result = await images.look()

    assert result.level == "yellow"
    assert "without fetching" in result.found
    assert result.command == "heroku config:set CHAT_IMAGE_DELIVERY=inline"


async def test_links_refused_and_bytes_taken_is_yellow(
    looking: Any, origin: None, on_dyno: None
) -> None:
    await looking("inline")

    result = await images.look()

    assert result.level == "yellow"
    assert "does not take our links" in result.found
    assert result.command == "heroku config:set CHAT_IMAGE_DELIVERY=inline"


async def test_both_refused_is_red(looking: Any, origin: None) -> None:
    await looking()

    assert (await images.look()).level == "red"


async def test_links_only_sends_no_bytes(looking: Any, origin: None, settings: Settings) -> None:
    settings.IMAGE_DELIVERY = "link"
    looker = await looking("link")

    result = await images.look()

    assert result.found == "The service fetched our link 1 time."
    assert len(looker.service.bodies) == 1


async def test_links_only_without_a_fetch_asks_whether_we_can_be_reached(
    looking: Any, origin: None, settings: Settings
) -> None:
    settings.IMAGE_DELIVERY = "link"
    await looking("link", fetches=False)

    result = await images.look()

    assert (result.level, result.command) == ("yellow", "")
    assert result.fix == "Can https://chat.example.com be reached?"


async def test_without_an_address_of_ours_bytes_are_sent(looking: Any, settings: Settings) -> None:
    settings.PUBLIC_ORIGIN = ""
    looker = await looking("inline")

    result = await images.look()

    assert (result.level, result.found) == ("green", "The service takes images as bytes.")
    [url] = looker.service.asked_images
    assert base64.b64decode(url.partition(",")[2]) == images.test_image()


async def test_bytes_refused_without_an_address_of_ours_says_how_to_get_one(
    looking: Any, settings: Settings, on_dyno: None
) -> None:
    settings.PUBLIC_ORIGIN = ""
    await looking()

    result = await images.look()

    assert result.level == "red"
    assert result.command == "heroku labs:enable runtime-dyno-metadata"


async def test_models_without_eyes_are_not_shown_anything(serve: Serve, settings: Settings) -> None:
    settings.CATALOG = load_catalog('[{"id": "blind", "vision": false}]')
    service = await serve()

    assert (await images.look()).level == "note"
    assert not service.bodies


async def test_without_a_service_nobody_is_asked(no_service: None) -> None:
    assert (await images.look()).level == "note"
