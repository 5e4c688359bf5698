"""/ws/: who may listen, and for how long."""

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


async def test_a_stranger_is_told_to_sign_in() -> None:
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


async def test_a_deactivated_person_stops_hearing(tab: Tab, owner: Person) -> None:
    async with tab.listening() as live:
        owner.is_active = False
        await sync_to_async(owner.save)()
        assert (await live.message())["type"] == "websocket.close"

    again = Socket(tab.client.cookies["sessionid"].value)
    await again.open()
    assert (await again.message())["code"] == 4401
    await again.close()


async def test_a_silent_line_has_a_pulse(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "PULSE_SECONDS", 0.01)
    async with tab.listening() as live:
        assert (await live.event())["type"] == "pulse"


async def test_a_tab_that_goes_leaves_nothing_behind(tab: Tab) -> None:
    async with tab.listening():
        assert len(hub) == 1
    assert len(hub) == 0


async def test_a_page_hears_whose_line_it_is(tab: Tab, owner: Person) -> None:
    socket = Socket(tab.client.cookies["sessionid"].value)
    await socket.open()

    assert (await socket.event())["person"] == str(owner.pk)
    await socket.close()


async def test_a_page_hears_at_once_whether_processes_are_joined(tab: Tab) -> None:
    socket = Socket(tab.client.cookies["sessionid"].value)
    await socket.open()
    assert (await socket.event())["joined"] is relay.joined
    hub.deliver_to_all(protocol.joined(False))

    event = await socket.event()
    assert (event["type"], event["value"]) == ("joined", False)
    await socket.close()


async def test_whoever_has_gone_meanwhile_is_let_go_when_processes_are_joined_again(
    tab: Tab, owner: Person
) -> None:
    elsewhere = await Tab.of(owner)
    async with tab.listening() as gone, elsewhere.listening() as stays:
        key = tab.client.cookies["sessionid"].value
        await Session.objects.filter(session_key=key).adelete()  # in a process that we don't hear
        hub.deliver_to_all(protocol.joined(True))

        assert (await gone.event())["type"] == "joined"
        assert (await gone.message())["code"] == 1012
        assert (await stays.event())["type"] == "joined"
        assert await stays.is_silent()


async def test_a_reader_that_hangs_is_let_go() -> None:
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
