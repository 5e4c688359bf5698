"""Images for the model: a link counts only when it was fetched."""

import asyncio
import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import AsyncClient
from pytest_django import Settings

from chatapp.diagnostics.checks import image_delivery
from chatapp.diagnostics.models import ImageLink
from chatapp.inference import load_catalog
from chatapp.inference.sample_requests import sample_image
from tests.diagnostics.conftest import Serve
from tests.diagnostics.model_service import ModelService
from tests.inference.wire import HELLO, Answer, refusal

pytestmark = pytest.mark.django_db(transaction=True)
REFUSAL = refusal(422, "failed to fetch image; check the url provided is valid")


@pytest.fixture
def origin(settings: Settings) -> None:
    settings.PUBLIC_ORIGIN = "https://chat.example.com"
    settings.IMAGE_DELIVERY = "auto"


class Service:
    """Answer as a service that accepts links, inline images or both."""

    def __init__(self, *accepted: str, fetches: bool = True) -> None:
        self.accepted, self.fetches = accepted, fetches
        self.fetched: list[Any] = []
        self.service: ModelService

    async def __call__(self, writer: asyncio.StreamWriter) -> None:
        url = self.service.image_urls[-1]
        form = "inline" if url.startswith("data:") else "link"
        if form == "link" and self.fetches:
            self.fetched.append(await AsyncClient().get(urlsplit(url).path))
        writer.write(HELLO if form in self.accepted else REFUSAL)


@pytest.fixture
def start(serve: Serve) -> Callable[..., Any]:
    async def start(*accepted: str, fetches: bool = True) -> Service:
        service = Service(*accepted, fetches=fetches)
        answer: Answer = service
        service.service = await serve(answer)
        return service

    return start


async def test_a_link_that_is_fetched_is_green(start: Any, origin: None) -> None:
    service = await start("link", "inline")

    result = await image_delivery.check_images()

    assert result.level == "green"
    assert result.found == "The service fetched our link 1 time. It accepts images inline too."
    [fetched] = service.fetched
    assert fetched.status_code == 200
    assert fetched["Content-Type"] == "image/png"
    assert fetched.content == sample_image()
    assert [body["max_tokens"] for body in service.service.bodies] == [1, 1]


async def test_the_link_is_removed(start: Any, origin: None) -> None:
    service = await start("link")

    await image_delivery.check_images()

    assert not await ImageLink.objects.aexists()
    url = next(one for one in service.service.image_urls if one.startswith("https:"))
    assert (await AsyncClient().get(urlsplit(url).path)).status_code == 404


async def test_an_answer_without_a_fetch_is_yellow(start: Any, origin: None, on_dyno: None) -> None:
    await start("link", "inline", fetches=False)

    result = await image_delivery.check_images()

    assert result.level == "yellow"
    assert "without fetching" in result.found
    assert result.command == "heroku config:set CHAT_IMAGE_DELIVERY=inline"


async def test_refused_links_and_accepted_inline_images_are_yellow(
    start: Any, origin: None, on_dyno: None
) -> None:
    await start("inline")

    result = await image_delivery.check_images()

    assert result.level == "yellow"
    assert "doesn't accept our links" in result.found
    assert result.command == "heroku config:set CHAT_IMAGE_DELIVERY=inline"


async def test_refusing_both_is_red(start: Any, origin: None) -> None:
    await start()

    assert (await image_delivery.check_images()).level == "red"


async def test_links_only_sends_no_inline_image(
    start: Any, origin: None, settings: Settings
) -> None:
    settings.IMAGE_DELIVERY = "link"
    service = await start("link")

    result = await image_delivery.check_images()

    assert result.found == "The service fetched our link 1 time."
    assert len(service.service.bodies) == 1


async def test_links_only_without_a_fetch_names_our_address(
    start: Any, origin: None, settings: Settings
) -> None:
    settings.IMAGE_DELIVERY = "link"
    await start("link", fetches=False)

    result = await image_delivery.check_images()

    assert (result.level, result.command) == ("yellow", "")
    assert result.fix == "Check that https://chat.example.com can be reached."


async def test_without_a_public_address_images_are_sent_inline(
    start: Any, settings: Settings
) -> None:
    settings.PUBLIC_ORIGIN = ""
    service = await start("inline")

    result = await image_delivery.check_images()

    assert (result.level, result.found) == ("green", "The service accepts images inline.")
    [url] = service.service.image_urls
    assert base64.b64decode(url.partition(",")[2]) == sample_image()


async def test_refused_inline_images_without_a_public_address_are_red(
    start: Any, settings: Settings, on_dyno: None
) -> None:
    settings.PUBLIC_ORIGIN = ""
    await start()

    result = await image_delivery.check_images()

    assert result.level == "red"
    assert result.command == "heroku labs:enable runtime-dyno-metadata"


async def test_models_without_vision_get_no_image(serve: Serve, settings: Settings) -> None:
    settings.CATALOG = load_catalog('[{"id": "blind", "vision": false}]')
    service = await serve()

    assert (await image_delivery.check_images()).level == "note"
    assert not service.bodies


async def test_without_a_service_the_check_is_skipped(no_service: None) -> None:
    assert (await image_delivery.check_images()).level == "note"
