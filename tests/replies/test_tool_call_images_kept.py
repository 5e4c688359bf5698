"""Images of tool calls: who may see them, when they are deleted, and what queries they cost."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, Message, ToolCall, ToolCallImage
from chatapp.images.garbage_collection import Collected, collect
from chatapp.images.models import Image
from chatapp.images.processing import prepare
from chatapp.images.shown_image import ShownImage
from chatapp.inference import Finished
from chatapp.realtime import protocol
from chatapp.realtime.hub import hub
from chatapp.replies import generation
from tests.realtime.peers import Listener
from tests.support.replies import answering, complete, looked, outcome
from tests.support.tool_kit import Kit, call, drawn, script

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]

SignIn = Callable[[Person], Client]


def later(hours: float) -> Any:
    return timezone.now() + timedelta(hours=hours)


@pytest.mark.parametrize("path", ["", "thumbnail"])
async def test_only_the_owner_of_the_conversation_sees_the_images(
    running: Exchange,
    kit: Kit,
    async_owner_client: AsyncClient,
    async_member_client: AsyncClient,
    async_stranger_client: AsyncClient,
    path: str,
) -> None:
    kit.images = (drawn(),)
    await looked(running)
    url = f"/images/{(await Image.objects.aget()).pk}/{path}"

    assert (await async_owner_client.get(url)).status_code == HTTPStatus.OK
    assert (await async_member_client.get(url)).status_code == HTTPStatus.NOT_FOUND
    assert (await async_stranger_client.get(url)).status_code == HTTPStatus.FOUND  # to sign in


def test_an_image_stored_by_another_person_is_shown_in_the_conversation(
    owner_client: Client, member: Person, exchange: Exchange
) -> None:
    theirs = Image.objects.store(member, prepare(drawn(), "a.png"))
    tool_call = ToolCall.objects.create(reply=exchange.reply, round=0, index=0, text_length=0)
    ToolCallImage.objects.create(tool_call=tool_call, position=0, image=theirs)

    assert owner_client.get(f"/images/{theirs.pk}/").status_code == HTTPStatus.OK


async def test_a_description_is_sent_to_every_tab(
    running: Exchange, kit: Kit, async_owner_client: AsyncClient, owner: Person
) -> None:
    kit.images = (drawn(),)
    await looked(running)
    image = await Image.objects.aget()
    with hub.subscribed((protocol.person_group(owner.pk),)) as subscription:
        await async_owner_client.post(f"/images/{image.pk}/alt", {"alt": "A chart"})
        event = await Listener(subscription).event()

    assert (event["type"], event["message"]) == ("message.changed", str(running.reply.pk))
    assert 'alt="A chart"' in event["html"]


async def test_images_are_deleted_with_their_conversation(
    running: Exchange, kit: Kit, owner: Person
) -> None:
    kit.images = (drawn(),)
    await looked(running)

    assert not await Image.objects.unreferenced(later(10_000)).aexists()
    assert await sync_to_async(collect)(later(10_000)) == Collected()

    await running.conversation.adelete()
    assert (await sync_to_async(collect)(later(0.9))).count == 0
    assert (await sync_to_async(collect)(later(1.1))).count == 1


async def test_a_replaced_reply_keeps_its_images(running: Exchange, kit: Kit) -> None:
    kit.images = (drawn(),)
    await looked(running)
    await Message.objects.filter(pk=running.reply.pk).aupdate(status="failed")
    assert await background.in_thread((await outcome(running)).retry)

    assert await sync_to_async(collect)(later(10_000)) == Collected()


async def test_an_overtaken_call_stores_no_image(running: Exchange, kit: Kit) -> None:
    kit.images, kit.gate = (drawn(),), asyncio.Event()
    with answering(script([*call("look"), Finished("tool_calls")])):
        generation.start(running.reply)
        await kit.one_runs.wait()
        # Whoever takes the reply over finds the call running, and runs it anew.
        await Message.objects.filter(pk=running.reply.pk).aupdate(attempt=2)
        kit.gate.set()
        await asyncio.wait(background.running("reply:"), timeout=5)

    assert (await ToolCall.objects.aget()).state == "running"
    assert not await ToolCallImage.objects.aexists()
    assert (await sync_to_async(collect)(later(25))).count == 1


def queries(client: Client, exchange: Exchange) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/c/{exchange.conversation.pk}/").status_code == HTTPStatus.OK
    return len(captured)


def test_images_of_all_tool_calls_of_a_page_cost_one_query(
    owner_client: Client, owner: Person, running: Exchange
) -> None:
    complete(running.reply)
    queries(owner_client, running)  # the first one warms caches
    plain = queries(owner_client, running)
    image = Image.objects.store(owner, prepare(drawn(), "a.png"))

    for index in range(3):
        place = {"round": 0, "index": index, "text_length": 0}
        tool_call = ToolCall.objects.create(reply=running.reply, name="look", state="done", **place)
        ToolCallImage.objects.bulk_create(ToolCallImage.row(tool_call, [ShownImage(image)] * 2))

    assert queries(owner_client, running) == plain + 1
