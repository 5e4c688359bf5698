"""Images of exports: found under every name, stored once, within the quota."""

import base64
import io
from typing import Any

import pytest
from PIL import Image as Pillow

from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, Message
from chatapp.images import processing
from chatapp.images.models import Image
from chatapp.transfer.importing import step
from chatapp.transfer.models import Import
from tests.servers.exports import chatgpt, zip_of
from tests.transfer.importing.kit import begun, imported, run

pytestmark = pytest.mark.django_db(transaction=True)


def png(colour: int = 1) -> bytes:
    file = io.BytesIO()
    Pillow.new("RGB", (3, 2), (60 * colour, 0, 0)).save(file, "PNG")
    return file.getvalue()


def pointer(id_: str, scheme: str = "file-service://") -> dict[str, Any]:
    return {"content_type": "image_asset_pointer", "asset_pointer": scheme + id_}


@pytest.mark.parametrize(
    ("asset", "entry"),
    [
        ("file-service://file-AbCdEf123456", "file-AbCdEf123456.dat"),
        ("file-service://file-AbCdEf123456", "file-AbCdEf123456-my cat.png"),
        ("file-service://file-AbCdEf123456", "dalle-generations/file-AbCdEf123456-x.webp"),
        ("sediment://file_00000000abcd", "file_00000000abcd-sanitized.png"),
        ("sediment://file_00000000abcd", "images/file_00000000abcd.dat"),
        ("sediment://file_00000000abcd#page", "file_00000000abcd.dat"),
        ("bareid", "bareid.dat"),
    ],
)
def test_an_image_is_found_under_its_name(owner: Person, asset: str, entry: str) -> None:
    files = {"conversations.json": [chatgpt(parts=["Look", pointer(asset, "")])], entry: png()}

    done = imported(owner, zip_of(files))
    assert done.report["images"] == 1
    [attachment] = Attachment.objects.all()
    assert attachment.image
    assert attachment.image.owner == owner


def test_its_name_comes_from_the_list_of_names(owner: Person) -> None:
    files = {
        "conversations.json": [chatgpt(parts=[pointer("file-AbCdEf123456")])],
        "file-AbCdEf123456.dat": png(),
        "conversation_asset_file_names.json": {
            "file-AbCdEf123456.dat": "../../<b>holiday</b>/beach.png"
        },
    }
    imported(owner, zip_of(files))
    assert Image.objects.get().name == "beach.png"


def open_webui(url: str) -> dict[str, Any]:
    messages = {
        "a": {
            "id": "a",
            "role": "user",
            "content": "Look",
            "files": [{"type": "image", "url": url}] * 2,
        },
        "b": {"id": "b", "parentId": "a", "role": "assistant", "content": "A cat"},
    }
    return {"id": "w", "chat": {"history": {"currentId": "b", "messages": messages}}}


def test_images_inside_a_file_are_stored_once(owner: Person) -> None:
    url = f"data:image/png;base64,{base64.b64encode(png()).decode()}"

    done = imported(owner, [open_webui(url)])
    assert done.report["images"] == Image.objects.count() == 1
    assert Attachment.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n broken", "image_unreadable"),
        (b"RIFF\0\0\0\0WAVEfmt ", "image_unreadable"),
        (None, "image_missing"),
    ],
)
def test_a_text_comes_in_without_its_image(
    owner: Person, content: bytes | None, reason: str
) -> None:
    files: dict[str, Any] = {"conversations.json": [chatgpt(parts=["Look", pointer("a")])]}
    if content:
        files["a.dat"] = content

    done = imported(owner, zip_of(files))
    assert done.report["skipped"] == {reason: 1}
    assert "Look" in Message.objects.get(position=0).text
    assert "Not imported" in Message.objects.get(position=0).text


def test_images_above_the_quota_are_counted(owner: Person, settings: Any) -> None:
    settings.IMAGE_QUOTA_PERSON_MB = 0
    parts = [pointer("a"), pointer("b")]
    files = {"conversations.json": [chatgpt(parts=parts)], "a.dat": png(), "b.dat": png(2)}

    done = imported(owner, zip_of(files))
    assert done.report["skipped"] == {"image_quota": 2}
    assert done.report["conversations"] == 1


def test_a_chat_with_many_images_takes_several_steps_and_opens_each_once(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bytes] = []
    submit = processing.worker_queue.submit
    monkeypatch.setattr(
        processing.worker_queue,
        "submit",
        lambda source, parts: (opened.append(source), submit(source, parts))[1],
    )
    monkeypatch.setattr(step, "STEP_SECONDS", 0)
    names = [f"image{number}" for number in range(4)]
    files: dict[str, Any] = {"conversations.json": [chatgpt(parts=list(map(pointer, names)))]}
    files |= {f"{name}.dat": png(number) for number, name in enumerate(names)}

    assert run(begun(owner, zip_of(files))) > len(names)
    assert len(opened) == len(names)
    assert Import.objects.get().report["images"] == len(names)
    assert Attachment.objects.count() == len(names)
    imported(owner, zip_of(files))
    assert len(opened) == len(names)
