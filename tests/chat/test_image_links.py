"""POST /images/links: the answer is a copy of the image, the link itself or a sentence."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from uuid import uuid4

import pytest
from django.test import AsyncClient, Client
from PIL import Image as Pillow

from chatapp.accounts.models import Person
from chatapp.chat import image_links
from chatapp.chat.image_links import FetchSlots, TooManyAtOnce, may_go_to_model
from chatapp.conversations.models import Attachment
from chatapp.fetching import FetchError, NotPublic, SiteRefused, TimedOut, fetch
from chatapp.images.models import Image
from tests.fetching.site import Site, opened, reply
from tests.images.samples import encoded

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/images/links"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """Serve a site on loopback that links may name; the app alone refuses such links."""

    @asynccontextmanager
    async def serving(*answers: bytes) -> AsyncIterator[Site]:
        async with Site(*answers) as serving:
            monkeypatch.setattr(image_links, "fetch", partial(fetch, network=opened(serving)))
            yield serving

    return serving


def failing(monkeypatch: pytest.MonkeyPatch, failure: FetchError) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(image_links, "fetch", fail)


async def test_a_copy_has_the_name_in_the_link(
    async_owner_client: AsyncClient, site: Callable[..., object], owner: Person
) -> None:
    content = encoded(Pillow.new("RGB", (60, 40), "teal"), "PNG")

    async with site(reply("200 OK", content, Content_Type="text/plain")) as serving:
        response = await async_owner_client.post(
            URL, {"link": serving.url("/birds/grey%20heron.png?size=1")}
        )

    assert response.status_code == HTTPStatus.CREATED
    image = await Image.objects.aget(pk=response.json()["id"])
    assert (image.name, image.width, image.owner_id) == ("grey heron.png", 60, owner.pk)
    assert "image/jpeg" in serving.headers()["accept"]


@pytest.mark.parametrize(
    "head", ["data:image/png;base64,", "DATA:;Base64,", "data:image/png;name=a.png;base64,"]
)
async def test_a_link_may_hold_the_image_itself(async_owner_client: AsyncClient, head: str) -> None:
    content = base64.b64encode(encoded(Pillow.new("RGB", (60, 40), "teal"), "PNG")).decode()

    response = await async_owner_client.post(URL, {"link": head + content})

    assert response.status_code == HTTPStatus.CREATED
    assert response.json()["width"] == 60


@pytest.mark.parametrize(
    "link",
    [
        "data:",
        "data:,",
        "data:image/png;base64,!",
        "data:text/html,<b>",
        "data:image/svg+xml,<svg/>",
    ],
)
async def test_a_link_that_holds_no_image_is_refused(
    async_owner_client: AsyncClient, link: str
) -> None:
    response = await async_owner_client.post(URL, {"link": link})

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_a_page_in_place_of_an_image_is_refused(
    async_owner_client: AsyncClient, site: Callable[..., object]
) -> None:
    async with site(reply("200 OK", b"<!doctype html>", Content_Type="image/png")) as serving:
        response = await async_owner_client.post(URL, {"link": serving.url("/a.png")})

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "lead to an image" in response.json()["error"]


@pytest.mark.parametrize("failure", [TimedOut(), SiteRefused(403)])
async def test_an_https_link_that_fails_harmlessly_is_attached_as_a_link(
    async_owner_client: AsyncClient, monkeypatch: pytest.MonkeyPatch, failure: FetchError
) -> None:
    failing(monkeypatch, failure)

    response = await async_owner_client.post(URL, {"link": " https://images.example.com/a.png "})

    assert response.status_code == HTTPStatus.OK
    answer = response.json()
    assert answer["link"] == "https://images.example.com/a.png"
    assert answer["note"].startswith(failure.sentence)
    assert answer["tokens"] == 1568
    assert 'href="https://images.example.com/a.png"' in answer["html"]


@pytest.mark.parametrize(
    ("link", "failure"),
    [
        ("http://images.example.com/a.png", TimedOut()),  # the model takes https only
        ("https://images.example.com/a.png", NotPublic()),
        ("https://images.example.com/" + "a" * 2_000, TimedOut()),  # no space for it
    ],
)
async def test_any_other_failure_is_reported(
    async_owner_client: AsyncClient, monkeypatch: pytest.MonkeyPatch, link: str, failure: FetchError
) -> None:
    failing(monkeypatch, failure)

    response = await async_owner_client.post(URL, {"link": link})

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert response.json() == {"error": failure.sentence}


@pytest.mark.parametrize(
    "link",
    ["", "ftp://a.example.com/a.png", "http://127.0.0.1/a.png", "http://169.254.169.254/", "a b"],
)
async def test_a_link_to_a_private_address_is_never_fetched(
    async_owner_client: AsyncClient, link: str
) -> None:
    response = await async_owner_client.post(URL, {"link": link})

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not await Image.objects.aexists()


def test_a_stranger_must_sign_in(stranger_client: Client) -> None:
    response = stranger_client.post(URL, {"link": "https://images.example.com/a.png"})

    assert response.status_code == HTTPStatus.FOUND


async def test_a_link_needs_a_post(async_owner_client: AsyncClient) -> None:
    assert (await async_owner_client.get(URL)).status_code == HTTPStatus.METHOD_NOT_ALLOWED


async def test_one_person_cannot_use_the_slots_of_others() -> None:
    slots, ada, ben = FetchSlots(3, 2, seconds=0.02), uuid4(), uuid4()

    async with slots.slot(ada), slots.slot(ada):
        with pytest.raises(TooManyAtOnce):
            async with slots.slot(ada):
                pass
        async with slots.slot(ben):
            with pytest.raises(TooManyAtOnce):  # there are three slots in total
                async with slots.slot(ben):
                    pass
    async with slots.slot(ada), slots.slot(ada):
        pass


async def test_waiting_fetches_get_a_slot_in_order() -> None:
    slots, ada = FetchSlots(1, 1, seconds=5), uuid4()
    order = []

    async def work(name: str) -> None:
        async with slots.slot(ada):
            order.append(name)
            await asyncio.sleep(0)

    await asyncio.gather(*(work(name) for name in "abc"))

    assert order == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("link", "may"),
    [
        ("https://images.example.com/a.png", True),
        ("http://images.example.com/a.png", False),
        ("https://10.0.0.1/a.png", False),
        ("https://[::1]/a.png", False),
        ("https://printer.local/a.png", False),
        ("https://localhost/a.png", False),
        ("javascript:alert(1)", False),
    ],
)
def test_only_public_https_links_are_sent_to_the_model(link: str, may: bool) -> None:
    assert may_go_to_model(link) is may


async def test_without_scripts_a_link_is_copied_when_the_message_is_sent(
    async_owner_client: AsyncClient, site: Callable[..., object], no_service: None
) -> None:
    content = encoded(Pillow.new("RGB", (60, 40), "teal"), "PNG")

    async with site(reply("200 OK", content)) as serving:
        fields = {"client_id": str(uuid4()), "text": "Look", "link_to_copy": serving.url("/a.png")}
        response = await async_owner_client.post(f"/c/{uuid4()}/messages", fields)

    assert response.status_code == HTTPStatus.SEE_OTHER
    assert (await Attachment.objects.select_related("image").aget()).image.name == "a.png"


async def test_without_scripts_a_failed_link_is_reported_on_the_page(
    async_owner_client: AsyncClient,
) -> None:
    fields = {"client_id": str(uuid4()), "text": "Look", "link_to_copy": "https://10.0.0.1/a.png"}

    response = await async_owner_client.post(f"/c/{uuid4()}/messages", fields)

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "public web page" in response.content.decode()
