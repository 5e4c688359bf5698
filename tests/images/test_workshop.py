"""Whatever happens to the worker costs the picture it worked on, and nothing else."""

from __future__ import annotations

import asyncio
import os
import resource
import select
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from chatapp.images import processing, worker_process
from chatapp.images.errors import ImagesUnavailable, ImageTooSlow, explained
from chatapp.images.processing import process
from chatapp.images.worker import protocol
from chatapp.images.worker.protocol import Opened, Reason, Refused
from chatapp.images.worker_process import ImageWorkerProcess
from chatapp.images.workshop import Workshop
from chatapp.workers import process as process_of_workers
from chatapp.workers import queue

from .samples import corners, encoded, ended, noise, peak_bytes

PICTURE = encoded(corners(), "PNG")


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """A workshop of its own, also for `process`, whose worker already runs."""
    shop = Workshop()
    monkeypatch.setattr(processing, "workshop", shop)
    shop.submit(PICTURE).result()
    yield shop
    shop.close()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Released once for every picture that went to a worker as a whole."""
    count, send = threading.Semaphore(0), protocol.send

    def counted(*arguments: object) -> None:
        send(*arguments)  # type: ignore[arg-type]
        count.release()

    monkeypatch.setattr(protocol, "send", counted)
    return count


def pid(shop: Workshop) -> int:
    assert shop.pid is not None
    return shop.pid


@pytest.mark.parametrize(
    ("by", "reason"),
    [
        (signal.SIGSEGV, Reason.UNREADABLE),
        (signal.SIGABRT, Reason.UNREADABLE),
        (signal.SIGKILL, Reason.MEMORY),  # as the kernel does when the machine has none left
        (signal.SIGALRM, Reason.TIME),  # as the worker does when nobody else would
    ],
)
def test_a_crash_costs_one_picture(
    shop: Workshop,
    sent: threading.Semaphore,
    by: signal.Signals,
    reason: Reason,
    caplog: pytest.LogCaptureFixture,
) -> None:
    first = pid(shop)
    os.kill(first, signal.SIGSTOP)
    in_work, waiting = shop.submit(PICTURE), shop.submit(PICTURE)
    assert sent.acquire(timeout=10)
    os.kill(first, by)
    os.kill(first, signal.SIGCONT)

    with pytest.raises(Refused) as refused:
        in_work.result(timeout=10)

    assert refused.value.reason is reason
    assert f"ended with {-by}" in caplog.text
    assert isinstance(waiting.result(timeout=10), Opened)
    assert pid(shop) != first
    assert not Path(f"/proc/{first}").exists()  # not even as a zombie


def test_a_crash_between_two_pictures_costs_none(shop: Workshop) -> None:
    first = pid(shop)
    os.kill(first, signal.SIGKILL)
    assert ended(first)

    assert isinstance(shop.submit(PICTURE).result(timeout=10), Opened)


async def test_a_hang_costs_one_picture(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_process, "IMAGE_SECONDS", 0.2)
    first = pid(shop)
    os.kill(first, signal.SIGSTOP)

    with pytest.raises(ImageTooSlow, match="too long"):
        await process(PICTURE, "picture.png")

    monkeypatch.setattr(worker_process, "IMAGE_SECONDS", 20)
    assert (await process(PICTURE, "picture.png")).width == 64
    assert pid(shop) != first


def test_running_out_of_memory_costs_one_picture(shop: Workshop) -> None:
    first = pid(shop)
    room = 60 * 1024 * 1024
    resource.prlimit(first, resource.RLIMIT_DATA, (room, room))

    with pytest.raises(Refused) as refused:
        shop.submit(encoded(Image.new("RGB", (5000, 4000)), "PNG")).result(timeout=10)

    assert refused.value.reason is Reason.MEMORY
    assert "too large to open" in str(explained(refused.value))
    assert isinstance(shop.submit(PICTURE).result(timeout=10), Opened)
    assert pid(shop) != first


def test_a_see_through_picture_exists_once_at_full_size(shop: Workshop) -> None:
    megapixels = 16
    before = peak_bytes(pid(shop))

    shop.submit(encoded(Image.new("RGBA", (4000, 4000), (9, 9, 9, 9)), "PNG")).result(timeout=30)

    assert peak_bytes(pid(shop)) - before < (4 * megapixels + 40) * 1_000_000


@pytest.mark.parametrize("code", ["raise SystemExit(3)", "print('hello' * 9)"])
def test_a_worker_that_does_not_come_up_is_not_the_fault_of_the_picture(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Workshop()
    monkeypatch.setattr(process_of_workers, "PYTHON", (sys.executable, "-c", code))
    with pytest.raises(Refused) as refused:
        shop.submit(PICTURE).result(timeout=10)
    monkeypatch.undo()

    assert isinstance(explained(refused.value), ImagesUnavailable)
    assert isinstance(shop.submit(PICTURE).result(timeout=10), Opened)
    shop.close()


def test_pictures_keep_their_order(shop: Workshop) -> None:
    done: list[int] = []
    os.kill(pid(shop), signal.SIGSTOP)
    widths = [600 - 50 * number for number in range(10)]
    futures = [shop.submit(encoded(noise("RGB", (width, 60), seed=1), "PNG")) for width in widths]
    for number, future in enumerate(futures):
        future.add_done_callback(lambda _, number=number: done.append(number))
    os.kill(pid(shop), signal.SIGCONT)

    assert [future.result(timeout=20).picture.width for future in futures] == widths
    assert done == list(range(10))


async def test_the_event_loop_goes_on_meanwhile(shop: Workshop) -> None:
    os.kill(pid(shop), signal.SIGSTOP)
    task = asyncio.create_task(process(PICTURE, "picture.png"))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not task.done()
    os.kill(pid(shop), signal.SIGCONT)

    assert (await task).width == 64


async def test_who_gives_up_waiting_costs_nothing(
    shop: Workshop, sent: threading.Semaphore
) -> None:
    os.kill(pid(shop), signal.SIGSTOP)
    first = shop.submit(PICTURE)
    assert sent.acquire(timeout=10)
    task = asyncio.create_task(process(PICTURE, "picture.png"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    last = shop.submit(PICTURE)
    os.kill(pid(shop), signal.SIGCONT)

    assert isinstance(first.result(timeout=10), Opened)
    assert isinstance(last.result(timeout=10), Opened)
    assert sent.acquire(blocking=False)
    assert not sent.acquire(blocking=False)


def test_an_idle_worker_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "IDLE_SECONDS", 0.05)
    shop = Workshop()
    handles = []
    start = ImageWorkerProcess.__init__

    def started(worker: ImageWorkerProcess) -> None:
        start(worker)
        handles.append(os.pidfd_open(worker.pid))

    monkeypatch.setattr(ImageWorkerProcess, "__init__", started)
    for _ in range(2):
        shop.submit(PICTURE).result(timeout=10)
        assert select.select([handles[-1]], [], [], 10)[0]
    shop.close()

    assert len(handles) == 2
    assert shop.pid is None
    for handle in handles:
        os.close(handle)


def test_closing_ends_the_worker_and_a_later_picture_starts_one(shop: Workshop) -> None:
    first = pid(shop)

    shop.close()
    shop.close()

    assert not Path(f"/proc/{first}").exists()
    assert isinstance(shop.submit(PICTURE).result(timeout=10), Opened)
