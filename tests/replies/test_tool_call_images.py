"""Images from tools are checked like uploads, use the quota and appear below their call."""

import json

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient
from django.utils.html import escape
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, ToolCall, ToolCallImage
from chatapp.images.models import Image
from chatapp.images.processing import prepare
from chatapp.realtime import protocol
from chatapp.realtime.hub import hub
from chatapp.tools.results import MAX_BYTES
from tests.images.samples import png_header
from tests.realtime.peers import Listener
from tests.support.replies import looked
from tests.support.tool_kit import Kit, drawn, results

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]

JUNK = b"%PDF-1.7 and no image"


async def page_of(exchange: Exchange, person: Person) -> str:
    client = AsyncClient()
    await client.aforce_login(person)
    page = await client.get(f"/c/{exchange.conversation.pk}/")
    return str(page.content.decode())


async def test_images_appear_below_their_tool_call_in_order(
    running: Exchange, kit: Kit, owner: Person
) -> None:
    kit.images = drawn("teal", (64, 48)), drawn("tan", (30, 90))

    request = await looked(running)

    images = [one async for one in ToolCallImage.objects.select_related("image", "tool_call")]
    assert [(one.image.width, one.image.height) for one in images] == [(64, 48), (30, 90)]
    page = await page_of(running, owner)
    for number, one in enumerate(images, 1):
        small = f'<img src="/images/{one.image_id}/thumbnail" alt="Image {number} of 2 from look"'
        assert f'{small} width="{one.image.width}" height="{one.image.height}"' in page
    assert json.loads(results(request)[0]) == {
        "images": "Shown to the person: 2 of 2. You cannot see them.",
        "result": "up",
    }


async def test_images_appear_as_soon_as_the_tool_call_ends(
    running: Exchange, kit: Kit, owner: Person
) -> None:
    kit.images = (drawn(),)
    with hub.subscribed((protocol.person_group(owner.pk),)) as subscription:
        await looked(running)
        listener = Listener(subscription)
        told = [await listener.event() for _ in range(listener.waiting)]

    tool_calls = [html for event in told for html in event.get("tool_calls", ())]
    image = await Image.objects.aget()
    assert f"/images/{image.pk}/thumbnail" in tool_calls[-1]
    assert 'alt="Image from look"' in tool_calls[-1]
    assert "thumbnail" not in tool_calls[-2]


@pytest.mark.parametrize(
    ("images", "room", "why"),
    [
        ((drawn(), JUNK), 200, "not a readable image"),
        ((drawn(), drawn()[:60]), 200, "not a readable image"),
        ((drawn(), png_header(20_000, 20_000)), 200, "too large"),
        ((drawn(), b"\xff\xd8\xff" + bytes(50 * 1024 * 1024)), 200, "too large"),
        ((drawn(), drawn("tan")), 0, "no space left"),
    ],
    ids=["no image", "cut short", "pixels", "bytes", "room"],
)
async def test_an_image_that_cannot_be_stored_becomes_a_sentence(
    running: Exchange,
    kit: Kit,
    owner: Person,
    settings: Settings,
    images: tuple[bytes, ...],
    room: int,
    why: str,
) -> None:
    settings.IMAGE_QUOTA_PERSON_MB = room
    kit.images = images
    shown = 1 if room else 0

    request = await looked(running)

    tool_call = await ToolCall.objects.aget()
    missing = f"{2 - shown} of 2 images couldn't be shown ({why}"
    assert (tool_call.state, tool_call.error) == ("done", "")
    assert tool_call.note.startswith(missing)
    told = json.loads(results(request)[0])["images"]
    assert told.startswith(f"Shown to the person: {shown} of 2. You cannot see them. {missing}")
    assert await Image.objects.acount() == shown
    assert escape(missing) in await page_of(running, owner)


async def test_an_unavailable_store_loses_only_the_images(
    running: Exchange, kit: Kit, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """It is tried only once, because each try may take its whole time limit."""
    settings.IMAGE_STORE = "bucket"  # and none is configured
    kit.images = drawn(), drawn("tan")

    await looked(running)

    tool_call = await ToolCall.objects.aget()
    assert tool_call.note.endswith(
        "2 of 2 images couldn't be shown (images can't be stored right now)."
    )
    assert caplog.text.count("none is configured") == 1


async def test_only_the_first_of_many_images_are_shown(running: Exchange, kit: Kit) -> None:
    kit.images = tuple(drawn("teal", (9, 9 + number)) for number in range(12))

    await looked(running)

    tool_call = await ToolCall.objects.aget()
    assert [one.image.height async for one in tool_call.images.select_related("image")] == [
        *range(9, 19)
    ]
    assert tool_call.note.endswith("2 of 12 images couldn't be shown (there were more than 10).")


async def test_a_long_image_is_shown_in_readable_parts(
    running: Exchange, kit: Kit, owner: Person
) -> None:
    kit.images = drawn("white", (1_000, 6_000)), drawn("tan")

    request = await looked(running)

    images = [one async for one in ToolCallImage.objects.select_related("image")]
    assert [(one.image.width, one.part, one.part_count) for one in images] == [
        *((784, number, 4) for number in (1, 2, 3, 4)),
        (64, 0, 0),
    ]
    assert await Image.objects.acount() == 2
    page = await page_of(running, owner)
    assert page.count('alt="Image 1 of 2 from look, part 3 of 4"') == 1
    assert page.count('alt="Image 2 of 2 from look"') == 1
    assert "Shown to the person: 2 of 2." in json.loads(results(request)[0])["images"]


async def test_parts_take_no_place_of_another_image(running: Exchange, kit: Kit) -> None:
    long = drawn("white", (1_000, 6_000))
    kit.images = (long, *(drawn("teal", (9, 9 + number)) for number in range(6)), long)

    await looked(running)

    tool_call = await ToolCall.objects.aget()
    parts = [one.part_count async for one in tool_call.images.all()]
    assert parts == [3] * 3 + [0] * 7
    assert tool_call.note == ""


async def test_an_image_is_stored_once_and_keeps_its_description(
    running: Exchange, kit: Kit, owner: Person
) -> None:
    sent = await sync_to_async(Image.objects.store)(owner, prepare(drawn(), "sea.png"))
    await sync_to_async(sent.describe)("The sea")
    kit.images = drawn(), drawn()

    await looked(running)

    assert await Image.objects.aget() == sent
    assert await ToolCallImage.objects.acount() == 2
    assert (await page_of(running, owner)).count('alt="The sea"') == 2


async def test_the_result_keeps_its_size(running: Exchange, kit: Kit) -> None:
    kit.images = (drawn(),)

    request = await looked(running, "a" * 60_000)

    (result,) = results(request)
    assert MAX_BYTES - 10 < len(result.encode()) <= MAX_BYTES
    assert json.loads(result)["images"].startswith("Shown to the person: 1 of 1.")


async def test_a_result_without_images_does_not_mention_them(running: Exchange, kit: Kit) -> None:
    request = await looked(running)

    assert results(request) == ['{"result":"up"}']
