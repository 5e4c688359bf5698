"""Tool calls whose reply ends or is taken over while they run or are being saved."""

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
    """Let every image wait until the test clears it."""

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
    """Let the acting tool run without approval; both tools wait at the gate."""
    await Conversation.objects.filter(pk=running.conversation.pk).aupdate(allowed_tools=["act"])
    await running.reply.conversation.arefresh_from_db()
    kit.gate = asyncio.Event()
    yield
    await background.drain(5)


async def ended(seconds: float = 5) -> bool:
    """Return whether every local reply ends within the seconds."""
    tasks = background.running("reply:")
    return not tasks or not (await asyncio.wait(tasks, timeout=seconds))[1]


async def begun(exchange: Exchange, kit: Kit) -> None:
    """Begin a reply, and wait until its tool call runs."""
    generation.start(exchange.reply)
    async with asyncio.timeout(5):
        await kit.one_runs.wait()


async def until_stored_next(exchange: Exchange, kit: Kit, workbench: Workbench) -> None:
    """Let the call end, and wait until its result is about to be stored."""
    kit.images = (drawn(),)
    await begun(exchange, kit)
    assert kit.gate
    kit.gate.set()
    async with asyncio.timeout(5):
        await workbench.has_work.wait()


def asking_for(name: str) -> list[object]:
    return [TextDelta("Let me see."), *call(name), Finished("tool_calls")]


@pytest.mark.parametrize("name", ["look", "act"])
async def test_stop_interrupts_a_call_within_a_second(
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


async def test_a_remote_stop_interrupts_a_call_within_a_second(running: Exchange, kit: Kit) -> None:
    """The holder reads the request in the row, because no relay joins the processes."""
    with answering(script(asking_for("look"))):
        await begun(running, kit)
        await background.in_thread(running.reply.request_stop)
        assert await ended(seconds=1.5)  # one more for machines that do other things

    assert (await outcome(running)).status == "stopped"


async def test_a_result_that_arrives_while_a_stopped_reply_ends_is_shown_later(
    running: Exchange, kit: Kit, owner: Person, workbench: Workbench
) -> None:
    with answering(script(asking_for("act"))):
        await until_stored_next(running, kit, workbench)
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
async def test_a_handover_interrupts_a_running_call(
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


async def test_a_handover_includes_results_that_are_being_saved(
    running: Exchange, kit: Kit, monkeypatch: pytest.MonkeyPatch, workbench: Workbench
) -> None:
    with answering(script(asking_for("act"), ANSWER)):
        await until_stored_next(running, kit, workbench)
        leaving = asyncio.create_task(generation.hand_over(0.01, 5))
        workbench.clear()
        await leaving
        monkeypatch.setattr(generation, "_is_closing", False)
        await swept()

    assert (kit.ran, await tool_calls(running)) == (["act"], [("act", "done")])
    assert (await outcome(running)).status == "complete"
    assert await ToolCall.objects.filter(images__image__isnull=False).aexists()


async def test_a_local_takeover_waits_until_the_result_is_saved(
    running: Exchange, kit: Kit, workbench: Workbench
) -> None:
    with answering(script(asking_for("act"), ANSWER)):
        await until_stored_next(running, kit, workbench)
        made_here = set(background.running("reply:"))
        # The lease has run out, as after an outage of the database.
        await Message.objects.filter(pk=running.reply.pk).aupdate(leased_until=None)
        generation.take_over(await outcome(running))
        assert set(background.running("reply:")) == made_here
        workbench.clear()
        assert await ended()

    assert (kit.ran, await tool_calls(running)) == (["act"], [("act", "done")])
