"""Links to images for the model service."""

import time
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.images.models import Image
from chatapp.images.processing import PreparedImage
from chatapp.images.store import StoreUnavailable
from chatapp.inference.knowledge import Fact, Learned, ModelKnowledge
from chatapp.replies import learning
from chatapp.replies.prompt import image_delivery


@pytest.fixture
def image(owner: Person, settings: Settings) -> Image:
    settings.PUBLIC_ORIGIN = "https://chat.example.com"
    values = {"thumbnail": b"", "thumbnail_type": "", "thumbnail_width": 0, "thumbnail_height": 0}
    prepared = PreparedImage(
        b"bytes", "image/png", 1, 1, "0" * 64, "a.png", animated=False, **values
    )
    return Image.objects.store(owner, prepared)


def path_of(image: Image) -> str:
    return urlsplit(image_delivery.link(image)).path


def test_a_link_works_without_signing_in(stranger_client: Client, image: Image) -> None:
    response = stranger_client.get(path_of(image))

    assert response.status_code == HTTPStatus.OK
    assert response.content == b"bytes"
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "private, no-store"
    assert not response.cookies


def test_an_expired_link_is_not_found(
    stranger_client: Client, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, now = path_of(image), time.time()
    monkeypatch.setattr(time, "time", lambda: now + image_delivery.LINK_SECONDS - 2)
    assert stranger_client.get(path).status_code == HTTPStatus.OK

    monkeypatch.setattr(time, "time", lambda: now + image_delivery.LINK_SECONDS + 2)
    assert stranger_client.get(path).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("place", [0, 10, -1])
def test_a_changed_link_is_not_found(stranger_client: Client, image: Image, place: int) -> None:
    token = list(path_of(image).removeprefix("/m/"))
    token[place] = "0" if token[place] != "0" else "1"

    assert stranger_client.get(f"/m/{''.join(token)}").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("token", ["x", "a:b:c", "0" * 32])
def test_an_invalid_link_is_not_found(stranger_client: Client, db: None, token: str) -> None:
    assert stranger_client.get(f"/m/{token}").status_code == HTTPStatus.NOT_FOUND


def test_the_link_of_a_deleted_image_is_not_found(stranger_client: Client, image: Image) -> None:
    path = path_of(image)
    image.delete()

    assert stranger_client.get(path).status_code == HTTPStatus.NOT_FOUND


def test_an_image_whose_bytes_are_gone_is_not_found(stranger_client: Client, image: Image) -> None:
    image.data.delete()

    assert stranger_client.get(path_of(image)).status_code == HTTPStatus.NOT_FOUND


def test_an_unavailable_store_is_reported(
    stranger_client: Client, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(image: Image) -> bytes:
        raise StoreUnavailable

    monkeypatch.setattr("chatapp.images.store.read", away)

    assert stranger_client.get(path_of(image)).status_code == HTTPStatus.SERVICE_UNAVAILABLE


def test_an_image_link_only_accepts_get(stranger_client: Client, image: Image) -> None:
    assert stranger_client.post(path_of(image)).status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize(
    ("wanted", "origin", "deliveries"),
    [
        ("auto", "", ("inline",)),
        ("auto", "https://chat.example.com", ("link", "inline")),
        ("inline", "https://chat.example.com", ("inline",)),
        ("link", "https://chat.example.com", ("link",)),
    ],
)
def test_the_configuration_decides_the_deliveries(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    wanted: str,
    origin: str,
    deliveries: tuple[str, ...],
) -> None:
    monkeypatch.setattr(learning, "_knowledge", ModelKnowledge())
    settings.IMAGE_DELIVERY, settings.PUBLIC_ORIGIN = wanted, origin

    assert image_delivery.deliveries("m") == deliveries


def test_a_delivery_is_learned_only_where_there_is_a_choice(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned: list[Fact] = []
    monkeypatch.setattr(learning, "_knowledge", ModelKnowledge(learned.append))
    image_delivery.remember("m", "inline")
    assert learned == []

    settings.PUBLIC_ORIGIN = "https://chat.example.com"
    for _ in range(2):
        image_delivery.remember("m", "inline")

    assert [(fact.model, fact.name, fact.value) for fact in learned] == [
        ("m", "image_delivery", "inline")
    ]
    assert image_delivery.deliveries("m") == ("inline", "link")
    settings.PUBLIC_ORIGIN = ""
    learning.learn("m", Learned(image_delivery="link"))
    assert image_delivery.deliveries("m") == ("inline",)
