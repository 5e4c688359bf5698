"""POST /images/: one image per request, stored or refused with a sentence."""

import io
from concurrent.futures import Future
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client
from PIL import Image as Pillow
from pytest_django import Settings

from chatapp.chat.views import uploads
from chatapp.images import processing, worker_queue
from chatapp.images.errors import ImagesUnavailable
from chatapp.images.models import Image
from chatapp.images.store import StoreUnavailable
from tests.images.samples import noise

pytestmark = pytest.mark.django_db(transaction=True)


def file(image: Pillow.Image, kind: str = "JPEG", **options: Any) -> SimpleUploadedFile:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return SimpleUploadedFile(f"a photo.{kind.lower()}", content.getvalue())


def photo() -> SimpleUploadedFile:
    return file(Pillow.new("RGB", (3000, 1500), "teal"))


async def test_an_upload_is_shrunk_and_the_answer_describes_it(
    async_owner_client: AsyncClient,
) -> None:
    response = await async_owner_client.post("/images/", {"image": photo()})

    assert response.status_code == HTTPStatus.CREATED
    answer = response.json()
    assert (answer["width"], answer["height"], answer["name"]) == (1568, 784, "a photo.jpeg")
    assert answer["url"] == f"/images/{answer['id']}/"
    assert answer["thumbnail"] == f"/images/{answer['id']}/thumbnail"
    assert answer["tokens"] == 1568  # the most that one image takes
    assert answer["note"] == ""
    assert f'href="{answer["url"]}"' in answer["html"]


async def test_an_animation_keeps_its_first_frame_and_the_answer_reports_it(
    async_owner_client: AsyncClient,
) -> None:
    frames = [Pillow.new("RGB", (30, 20), colour) for colour in ("red", "blue")]
    animation = file(frames[0], "GIF", save_all=True, append_images=frames[1:])

    answer = (await async_owner_client.post("/images/", {"image": animation})).json()

    assert "first frame" in answer["note"]
    assert answer["tokens"] == 1


@pytest.mark.parametrize(
    ("room", "parts"), [("9", 4), ("3", 3), ("1", 1), ("x", 1), ("9" * 5_000, 1)]
)
async def test_a_long_screenshot_comes_in_as_many_parts_as_fit(
    async_owner_client: AsyncClient, room: str, parts: int
) -> None:
    screenshot = file(Pillow.linear_gradient("L").resize((1000, 6000)), "PNG")

    answer = (await async_owner_client.post("/images/", {"image": screenshot, "room": room})).json()

    assert answer["parts"].count("<image-chip") == parts - 1
    assert answer["parts"].count('data-state="ready"') == parts - 1
    assert ("a photo, part 1 of" in answer["name"]) == (parts > 1)
    if parts > 1:
        assert f"Sent in {parts} parts" in answer["note"]
        assert f"a photo, part 2 of {parts}" in answer["parts"]
    else:
        assert "Small text in this long image may be unreadable" in answer["note"]


async def test_what_is_lost_of_a_file_is_what_this_upload_lost(
    async_owner_client: AsyncClient,
) -> None:
    pages = [Pillow.new("RGB", (30, 20), colour) for colour in ("red", "blue")]
    scan = file(pages[0], "TIFF", save_all=True, append_images=pages[1:])

    notes = [
        (await async_owner_client.post("/images/", {"image": each})).json()["note"]
        for each in (file(pages[0], "PNG"), scan, file(pages[0], "PNG"))
    ]

    assert notes == ["", "Only the first page of this file is shown to the model.", ""]


async def test_the_same_image_is_stored_once(async_owner_client: AsyncClient) -> None:
    first = (await async_owner_client.post("/images/", {"image": photo()})).json()
    second = (await async_owner_client.post("/images/", {"image": photo()})).json()

    assert first["id"] == second["id"]


async def test_a_large_file_reaches_the_worker_by_its_path(
    async_owner_client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    submit = processing.worker_queue.submit

    def watched(source: bytes | Path, max_parts: int) -> Future[Any]:
        seen.append(source)
        return submit(source, max_parts)

    monkeypatch.setattr(processing.worker_queue, "submit", watched)
    large = file(noise("RGB", (1400, 1000), seed=1), "BMP")

    response = await async_owner_client.post("/images/", {"image": large})

    assert response.status_code == HTTPStatus.CREATED
    assert isinstance(seen[0], Path)
    assert not seen[0].exists()  # Django removes it with the request


@pytest.mark.parametrize(
    "content",
    [
        b"just text",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!doctype html><img src=x>",
        b"%PDF-1.7",
        b"",
        None,
    ],
)
async def test_a_file_that_is_not_an_image_is_refused_with_a_sentence(
    async_owner_client: AsyncClient, content: bytes | None
) -> None:
    fields = {} if content is None else {"image": SimpleUploadedFile("a.png", content)}

    response = await async_owner_client.post("/images/", fields)

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert response.json()["error"].endswith(".")
    assert not await Image.objects.aexists()


async def test_a_file_that_is_too_large_gets_413(
    async_owner_client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_queue, "MAX_FILE_BYTES", 1024)

    response = await async_owner_client.post("/images/", {"image": photo()})

    assert response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "too large" in response.json()["error"]


async def test_a_full_quota_gets_507(async_owner_client: AsyncClient, settings: Settings) -> None:
    settings.IMAGE_QUOTA_PERSON_MB = 0

    response = await async_owner_client.post("/images/", {"image": photo()})

    assert response.status_code == HTTPStatus.INSUFFICIENT_STORAGE
    assert "enough space" in response.json()["error"]


@pytest.mark.parametrize("trouble", [ImagesUnavailable, StoreUnavailable])
async def test_an_internal_error_gets_503(
    async_owner_client: AsyncClient, monkeypatch: pytest.MonkeyPatch, trouble: type[Exception]
) -> None:
    async def refuse(*_: object) -> None:
        raise trouble

    monkeypatch.setattr(uploads, "process_parts", refuse)

    response = await async_owner_client.post("/images/", {"image": photo()})

    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE


def test_a_stranger_must_sign_in(stranger_client: Client) -> None:
    assert stranger_client.post("/images/", {"image": photo()}).status_code == HTTPStatus.FOUND


async def test_an_image_needs_a_post(async_owner_client: AsyncClient) -> None:
    assert (await async_owner_client.get("/images/")).status_code == HTTPStatus.METHOD_NOT_ALLOWED
