"""/pictures/: uploading, and who may look."""

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Pillow

from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, Exchange
from chatapp.images.models import Image
from chatapp.images.processing import prepare


def photo() -> SimpleUploadedFile:
    content = io.BytesIO()
    Pillow.new("RGB", (3000, 1500), "teal").save(content, "JPEG")
    return SimpleUploadedFile("a photo.jpg", content.getvalue())


@pytest.fixture
def image(owner: Person) -> Image:
    return Image.objects.keep(owner, prepare(photo(), "a photo.jpg"))


def test_an_upload_is_shrunk_and_answered_with_its_size(
    signed_in: Callable[[Person], Client], owner: Person
) -> None:
    response = signed_in(owner).post("/pictures/", {"image": photo()})

    assert response.status_code == 201
    answer = response.json()
    assert (answer["width"], answer["height"], answer["name"]) == (1568, 784, "a photo.jpg")
    assert answer["url"] == f"/pictures/{answer['id']}/"


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("a.png", b"just text"),
        SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        SimpleUploadedFile("a.jpg", b""),
        None,
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(
    signed_in: Callable[[Person], Client], owner: Person, file: SimpleUploadedFile | None
) -> None:
    response = signed_in(owner).post("/pictures/", {"image": file} if file else {})

    assert response.status_code == 422
    assert response.json()["error"].endswith(".")
    assert not Image.objects.exists()


def test_the_owner_sees_a_picture_that_is_not_sent_yet(
    signed_in: Callable[[Person], Client], owner: Person, image: Image
) -> None:
    response = signed_in(owner).get(f"/pictures/{image.pk}/")

    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "private" in response["Cache-Control"]
    assert Pillow.open(io.BytesIO(response.content)).size == (1568, 784)


def test_a_member_does_not(
    signed_in: Callable[[Person], Client], member: Person, image: Image, exchange: Exchange
) -> None:
    Attachment.objects.create(message=exchange.message, position=0, image=image)

    assert signed_in(member).get(f"/pictures/{image.pk}/").status_code == 404


def test_a_stranger_signs_in_first(stranger: Client, image: Image) -> None:
    assert stranger.get(f"/pictures/{image.pk}/").status_code == 302
    assert stranger.post("/pictures/", {"image": photo()}).status_code == 302
