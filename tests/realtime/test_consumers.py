"""/ws/: who may receive events, and for how long."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.realtime import protocol
from chatapp.realtime.hub import MAX_QUEUED_EVENTS, hub
from chatapp.realtime.relay import relay
from tests.support.tab import Socket, Tab

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def tab(owner: Person) -> Tab:
    return await Tab.of(owner)


@pytest.mark.parametrize("origin", ["http://evil.example", "http://testserver.evil.example", ""])
async def test_a_page_of_another_site_gets_no_socket(
    tab: Tab, settings: Settings, origin: str
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    socket = Socket(tab.client.cookies["sessionid"].value, origin=origin)

    assert (await socket.open())["type"] == "websocket.close"
    await socket.close()


async def test_a_socket_of_a_stranger_is_closed_with_a_reason() -> None:
    socket = Socket()

    assert (await socket.open())["type"] == "websocket.accept"
    assert (await socket.message())["code"] == 4401
    await socket.close()


async def test_signing_out_closes_the_sockets_of_that_session_only(tab: Tab, owner: Person) -> None:
    elsewhere = await Tab.of(owner)
    async with tab.listening() as here, elsewhere.listening() as there:
        await tab.client.post("/account/sign-out/")
        assert (await here.message())["type"] == "websocket.close"
        assert await there.is_silent()


async def test_a_deactivated_person_gets_no_more_events(tab: Tab, owner: Person) -> None:
    async with tab.listening() as live:
        owner.is_active = False
        await sync_to_async(owner.save)()
        assert (await live.message())["type"] == "websocket.close"

    again = Socket(tab.client.cookies["sessionid"].value)
    await again.open()
    assert (await again.message())["code"] == 4401
    await again.close()


async def test_a_silent_socket_gets_a_heartbeat(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "PULSE_SECONDS", 0.01)
    async with tab.listening() as live:
        assert (await live.event())["type"] == "pulse"


async def test_a_closed_tab_leaves_no_subscription(tab: Tab) -> None:
    async with tab.listening():
        assert len(hub) == 1
    assert len(hub) == 0


async def test_a_page_learns_whose_socket_it_has(tab: Tab, owner: Person) -> None:
    socket = Socket(tab.client.cookies["sessionid"].value)
    await socket.open()

    assert (await socket.event())["person"] == str(owner.pk)
    await socket.close()


async def test_a_page_learns_what_the_person_may_do(tab: Tab, owner: Person) -> None:
    found = []
    for values in ({}, {"is_owner": False}, {"assigned_role": "guest", "allowed_models": ["a"]}):
        await Person.objects.filter(pk=owner.pk).aupdate(**{"is_owner": True} | values)
        socket = Socket(tab.client.cookies["sessionid"].value)
        await socket.open()
        found.append((await socket.event())["access"])
        await socket.close()

    assert len(set(found)) == len(found)


async def test_a_page_learns_at_once_whether_processes_are_joined(tab: Tab) -> None:
    socket = Socket(tab.client.cookies["sessionid"].value)
    await socket.open()
    assert (await socket.event())["joined"] is relay.joined
    hub.deliver_to_all(protocol.joined(False))

    event = await socket.event()
    assert (event["type"], event["value"]) == ("joined", False)
    await socket.close()


async def test_sockets_of_ended_sessions_are_closed_when_processes_join_again(
    tab: Tab, owner: Person
) -> None:
    elsewhere = await Tab.of(owner)
    async with tab.listening() as gone, elsewhere.listening() as stays:
        key = tab.client.cookies["sessionid"].value
        await Session.objects.filter(
            session_key=key
        ).adelete()  # as in a process whose events are lost
        hub.deliver_to_all(protocol.joined(True))

        assert (await gone.event())["type"] == "joined"
        assert (await gone.message())["code"] == 1012
        assert (await stays.event())["type"] == "joined"
        assert await stays.is_silent()


async def test_a_socket_that_reads_nothing_is_closed() -> None:
    with hub.subscribed(["group"]) as subscription:
        for number in range(MAX_QUEUED_EVENTS + 5):
            hub.publish("group", str(number))

        waiting = [subscription.queue.get_nowait() for _ in range(subscription.queue.qsize())]

    assert len(waiting) == MAX_QUEUED_EVENTS + 1
    assert waiting[-1] is None


async def test_events_from_a_thread_arrive_on_the_loop() -> None:
    with hub.subscribed(["group"]) as subscription:
        await asyncio.to_thread(hub.publish, "group", "from a thread")
        assert await subscription.queue.get() == "from a thread"
