"""Calls whose reply ends, or goes to another process, while they run or are being saved."""

import asyncio
import os
from collections.abc import AsyncIterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.message_html import message_html
from chatapp.conversations.models import Conversation, Exchange, Message, ToolCall
from chatapp.images import processing
from chatapp.images.worker.protocol import Opened
from chatapp.images.worker_process import Source
from chatapp.images.worker_queue import ImageWorkerQueue
from chatapp.inference import Finished, TextDelta
from chatapp.realtime import protocol
from chatapp.realtime.hub import hub
from chatapp.replies import generation, stopping
from tests.realtime.peers import Listener
from tests.replies.test_leases import swept
from tests.support.replies import answering, outcome
from tests.support.tool_kit import ANSWER, Kit, call, drawn, script, tool_calls

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]


class Workbench(ImageWorkerQueue):
    """Keeps every image waiting until it is cleared."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.has_work = asyncio.Event()
        os.mkfifo(path)
        super().submit(path)  # opening it waits for a writer

    def submit(self, source: Source, max_parts: int = 1) -> Future[Opened]:
        self.has_work.set()
        return super().submit(source, max_parts)

    def clear(self) -> None:
        os.close(os.open(self._path, os.O_RDWR))  # a writer that does not wait for a reader


@pytest.fixture
async def workbench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Workbench]:
    workbench = Workbench(tmp_path / "image")
    monkeypatch.setattr(processing, "worker_queue", workbench)
    yield workbench
    workbench.clear()
    await asyncio.to_thread(workbench.close)


@pytest.fixture(autouse=True)
async def allowed(running: Exchange, kit: Kit) -> AsyncIterator[None]:
    """The tool that acts may do so without asking; both wait at the gate."""
    await Conversation.objects.filter(pk=running.conversation.pk).aupdate(allowed_tools=["act"])
    await running.reply.conversation.arefresh_from_db()
    kit.gate = asyncio.Event()
    yield
    await background.drain(5)


async def ended(seconds: float = 5) -> bool:
    """Whether every reply that is made here has ended by then."""
    tasks = background.running("reply:")
    return not tasks or not (await asyncio.wait(tasks, timeout=seconds))[1]


async def begun(exchange: Exchange, kit: Kit) -> None:
    """A reply is being made, and the call that the model made runs."""
    generation.start(exchange.reply)
    async with asyncio.timeout(5):
        await kit.one_runs.wait()


async def being_kept(exchange: Exchange, kit: Kit, workbench: Workbench) -> None:
    """The call has ended, and its result waits to be stored."""
    kit.images = (drawn(),)
    await begun(exchange, kit)
    assert kit.gate
    kit.gate.set()
    async with asyncio.timeout(5):
        await workbench.has_work.wait()


def asking_for(name: str) -> list[object]:
    return [TextDelta("Let me see."), *call(name), Finished("tool_calls")]


@pytest.mark.parametrize("name", ["look", "act"])
async def test_stop_breaks_a_call_off_within_a_second(
    running: Exchange, kit: Kit, owner: Person, name: str
) -> None:
    with (
        answering(script(asking_for(name))),
        hub.subscribed((protocol.person_group(owner.pk),)) as subscription,
    ):
        await begun(running, kit)
        await stopping.stop(await outcome(running))
        assert await ended(seconds=1)
        listener = Listener(subscription)
        told = [await listener.event() for _ in range(listener.waiting)]

    assert kit.interrupted == [name]
    assert (await outcome(running)).status == "stopped"
    assert 'data-state="interrupted"' in told[-1]["html"]
    shown = await background.in_thread(message_html, await outcome(running))
    assert 'data-state="interrupted"' in shown
    assert "Interrupted" in shown


async def test_another_process_stops_a_call_within_a_second(running: Exchange, kit: Kit) -> None:
    """It sees the request in the row: no relay joins the two."""
    with answering(script(asking_for("look"))):
        await begun(running, kit)
        await background.in_thread(running.reply.request_stop)
        assert await ended(seconds=1.5)  # one more for machines that do other things

    assert (await outcome(running)).status == "stopped"


async def test_what_comes_while_a_stopped_reply_ends_is_shown_late(
    running: Exchange, kit: Kit, owner: Person, workbench: Workbench
) -> None:
    with answering(script(asking_for("act"))):
        await being_kept(running, kit, workbench)
        await stopping.stop(await outcome(running))
        assert await ended(seconds=1)
    shown = await background.in_thread(message_html, await outcome(running))

    with hub.subscribed((protocol.person_group(owner.pk),)) as subscription:
        workbench.clear()
        event = await Listener(subscription).event()

    assert 'data-state="interrupted"' in shown
    assert (event["type"], await tool_calls(running)) == ("message.changed", [("act", "done")])
    assert "/thumbnail" in event["html"]


@pytest.mark.parametrize(
    ("name", "ran", "status", "state"),
    [("look", ["look", "look"], "complete", "done"), ("act", ["act"], "waiting", "unknown")],
)
async def test_a_hand_over_in_mid_call(
    running: Exchange,
    kit: Kit,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    ran: list[str],
    status: str,
    state: str,
) -> None:
    with answering(script(asking_for(name), ANSWER)):
        await begun(running, kit)
        await generation.hand_over(0.01, 5)
        release = await outcome(running)
        monkeypatch.setattr(generation, "_is_closing", False)
        assert kit.gate
        kit.gate.set()
        await swept()

    assert (release.status, release.leased_by, release.text) == ("streaming", "", "Let me see.")
    assert kit.interrupted == [name]
    assert (kit.ran, await tool_calls(running)) == (ran, [(name, state)])
    assert (await outcome(running)).status == status


async def test_a_hand_over_takes_what_has_come_along(
    running: Exchange, kit: Kit, monkeypatch: pytest.MonkeyPatch, workbench: Workbench
) -> None:
    with answering(script(asking_for("act"), ANSWER)):
        await being_kept(running, kit, workbench)
        leaving = asyncio.create_task(generation.hand_over(0.01, 5))
        workbench.clear()
        await leaving
        monkeypatch.setattr(generation, "_is_closing", False)
        await swept()

    assert (kit.ran, await tool_calls(running)) == (["act"], [("act", "done")])
    assert (await outcome(running)).status == "complete"
    assert await ToolCall.objects.filter(images__image__isnull=False).aexists()


async def test_nobody_here_goes_on_before_what_came_is_saved(
    running: Exchange, kit: Kit, workbench: Workbench
) -> None:
    with answering(script(asking_for("act"), ANSWER)):
        await being_kept(running, kit, workbench)
        made_here = set(background.running("reply:"))
        # The lease has run out, as after an outage of the database.
        await Message.objects.filter(pk=running.reply.pk).aupdate(leased_until=None)
        generation.take_over(await outcome(running))
        assert set(background.running("reply:")) == made_here
        workbench.clear()
        assert await ended()

    assert (kit.ran, await tool_calls(running)) == (["act"], [("act", "done")])
