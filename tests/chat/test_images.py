"""/images/<id>/: who may see an image, in which size, and who may describe it."""

import io
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from unittest.mock import patch

import pytest
from django.test import Client
from PIL import Image as Pillow

from chatapp.accounts.models import Person
from chatapp.conversations import events
from chatapp.conversations.models import Attachment, Exchange
from chatapp.images.image_data import ImageData
from chatapp.images.models import Image
from chatapp.images.processing import PreparedImage, prepare
from chatapp.images.store import StoreUnavailable
from tests.images.samples import encoded

SignIn = Callable[[Person], Client]
URLS = [("GET", ""), ("GET", "?download"), ("GET", "thumbnail"), ("POST", "alt")]
every_url = pytest.mark.parametrize(("method", "path"), URLS)


@cache
def prepared() -> PreparedImage:
    return prepare(encoded(Pillow.new("RGB", (3000, 1500), "teal"), "HEIF"), "a photo.HEIC")


@pytest.fixture
def image(owner: Person) -> Image:
    return Image.objects.store(owner, prepared())


def ask(client: Client, image: Image, method: str, path: str) -> HTTPStatus:
    url = f"/images/{image.pk}/{path}"
    call = client.post if method == "POST" else client.get
    return HTTPStatus(call(url, {"alt": "A lake"} if method == "POST" else None).status_code)


@every_url
def test_the_uploader_sees_the_image(
    owner_client: Client, image: Image, method: str, path: str
) -> None:
    assert ask(owner_client, image, method, path) == HTTPStatus.OK


@every_url
def test_a_member_gets_404(
    member_client: Client, image: Image, exchange: Exchange, method: str, path: str
) -> None:
    Attachment.objects.create(message=exchange.message, position=0, image=image)

    assert ask(member_client, image, method, path) == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(("method", "path"), URLS[:3])
def test_an_image_uploaded_by_another_person_is_shown_in_the_conversation(
    owner_client: Client, member: Person, exchange: Exchange, method: str, path: str
) -> None:
    theirs = Image.objects.store(
        member, prepare(encoded(Pillow.new("RGB", (9, 9)), "PNG"), "a.png")
    )
    Attachment.objects.create(message=exchange.message, position=0, image=theirs)

    assert ask(owner_client, theirs, method, path) == HTTPStatus.OK
    assert ask(owner_client, theirs, "POST", "alt") == HTTPStatus.NOT_FOUND


@every_url
def test_a_stranger_must_sign_in(
    stranger_client: Client, image: Image, method: str, path: str
) -> None:
    assert ask(stranger_client, image, method, path) == HTTPStatus.FOUND


@pytest.mark.parametrize("path", ["", "thumbnail"])
def test_an_image_only_accepts_get(owner_client: Client, image: Image, path: str) -> None:
    status = ask(owner_client, image, "POST", path)

    assert status == HTTPStatus.METHOD_NOT_ALLOWED


def test_a_description_needs_a_post(owner_client: Client, image: Image) -> None:
    assert ask(owner_client, image, "GET", "alt") == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize(("path", "size"), [("", (1568, 784)), ("thumbnail", (384, 192))])
def test_an_image_response_can_run_nothing(
    owner_client: Client, image: Image, path: str, size: tuple[int, int]
) -> None:
    response = owner_client.get(f"/images/{image.pk}/{path}", headers={"Range": "bytes=0-9"})

    assert response.status_code == HTTPStatus.OK  # a range is ignored: the response has all bytes
    shown = Pillow.open(io.BytesIO(response.content))
    assert (shown.size, f"image/{str(shown.format).lower()}") == (size, response["Content-Type"])
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"] == "private, max-age=2592000, immutable"


@pytest.mark.parametrize("path", ["", "thumbnail"])
def test_a_tab_gets_a_page_around_the_image(
    owner_client: Client, owner: Person, image: Image, path: str
) -> None:
    client, url = owner_client, f"/images/{image.pk}/{path}"
    tag = client.get(url)["ETag"]

    response = client.get(url, headers={"accept": "text/html", "If-None-Match": tag})

    assert response.status_code == HTTPStatus.OK
    assert f'<img src="{url}"' in response.content.decode()
    assert f'data-person="{owner.pk}"' in response.content.decode()


@pytest.mark.parametrize("path", ["", "thumbnail"])
def test_a_browser_with_a_current_copy_gets_no_bytes(
    owner_client: Client, image: Image, path: str
) -> None:
    client, url = owner_client, f"/images/{image.pk}/{path}"
    tag = client.get(url)["ETag"]

    with patch("chatapp.images.store.read") as read:
        response = client.get(url, headers={"If-None-Match": tag})

    assert (response.status_code, response.content) == (HTTPStatus.NOT_MODIFIED, b"")
    assert response["ETag"] == tag
    assert "immutable" in response["Cache-Control"]
    assert not read.called
    assert client.get(url, headers={"If-None-Match": '"other"'}).status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("a photo.HEIC", 'attachment; filename="a photo.jpg"'),
        ('say "hi"; x=.png', 'attachment; filename="say \\"hi\\"; x=.jpg"'),
        ("Grüße.png", "attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.jpg"),
        (".htaccess", 'attachment; filename="htaccess.jpg"'),
        ("...", 'attachment; filename="image.jpg"'),
    ],
)
def test_a_download_has_the_suffix_of_its_format(
    owner_client: Client, image: Image, name: str, disposition: str
) -> None:
    Image.objects.update(name=name)

    response = owner_client.get(f"/images/{image.pk}/?download")

    assert response["Content-Disposition"] == disposition


def test_an_image_without_a_thumbnail_is_shown_instead(owner_client: Client, image: Image) -> None:
    Image.objects.update(thumbnail_type="")
    ImageData.objects.update(thumbnail=b"")

    response = owner_client.get(f"/images/{image.pk}/thumbnail")

    assert response["Content-Type"] == "image/jpeg"
    assert Pillow.open(io.BytesIO(response.content)).size == (1568, 784)


def test_missing_bytes_are_not_found(owner_client: Client, image: Image) -> None:
    ImageData.objects.all().delete()

    response = owner_client.get(f"/images/{image.pk}/")

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert "no-store" in response["Cache-Control"]


def test_an_unavailable_store_is_temporary(owner_client: Client, image: Image) -> None:
    with patch("chatapp.images.store.read", side_effect=StoreUnavailable):
        response = owner_client.get(f"/images/{image.pk}/")

    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "no-store" in response["Cache-Control"]
    assert response["Retry-After"]


def test_a_description_is_saved_and_updates_every_copy_on_a_page(
    owner_client: Client, image: Image, exchange: Exchange
) -> None:
    for position in (0, 1):
        Attachment.objects.create(message=exchange.message, position=position, image=image)

    with patch.object(events, "publish") as publish:
        response = owner_client.post(f"/images/{image.pk}/alt", {"alt": " A teal\n lake "})

    assert response.json() == {"alt": "A teal lake"}
    assert [call.args[1] for call in publish.call_args_list] == ["message.changed"]
    assert publish.call_args.kwargs["html"].count('alt="A teal lake"') == 2


def test_without_a_description_the_file_name_is_shown(owner_client: Client, image: Image) -> None:
    image.describe("A lake")

    response = owner_client.post(f"/images/{image.pk}/alt", {"alt": "  "})

    assert response.json() == {"alt": "a photo.HEIC"}
