"""Whatever happens to the worker costs the image it worked on, and nothing else."""

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
from chatapp.images.errors import ImagesUnavailable, ImageTooSlow, explain
from chatapp.images.processing import process
from chatapp.images.worker import protocol
from chatapp.images.worker.protocol import Opened, Reason, Refused
from chatapp.images.worker_process import ImageWorkerProcess
from chatapp.images.worker_queue import ImageWorkerQueue
from chatapp.workers import process as process_of_workers
from chatapp.workers import queue

from .samples import corners, encoded, ended, noise, peak_bytes

IMAGE = encoded(corners(), "PNG")


@pytest.fixture
def images(monkeypatch: pytest.MonkeyPatch) -> Iterator[ImageWorkerQueue]:
    """A queue of its own, also for `process`, whose worker already runs."""
    images = ImageWorkerQueue()
    monkeypatch.setattr(processing, "worker_queue", images)
    images.submit(IMAGE).result()
    yield images
    images.close()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Released once for every image that went to a worker as a whole."""
    count, send = threading.Semaphore(0), protocol.send

    def counted(*arguments: object) -> None:
        send(*arguments)  # type: ignore[arg-type]
        count.release()

    monkeypatch.setattr(protocol, "send", counted)
    return count


def pid(images: ImageWorkerQueue) -> int:
    assert images.pid is not None
    return images.pid


@pytest.mark.parametrize(
    ("by", "reason"),
    [
        (signal.SIGSEGV, Reason.UNREADABLE),
        (signal.SIGABRT, Reason.UNREADABLE),
        (signal.SIGKILL, Reason.MEMORY),  # as the kernel does when the machine has none left
        (signal.SIGALRM, Reason.TIME),  # as the worker does when nobody else would
    ],
)
def test_a_crash_fails_one_image_only(
    images: ImageWorkerQueue,
    sent: threading.Semaphore,
    by: signal.Signals,
    reason: Reason,
    caplog: pytest.LogCaptureFixture,
) -> None:
    first = pid(images)
    os.kill(first, signal.SIGSTOP)
    in_work, waiting = images.submit(IMAGE), images.submit(IMAGE)
    assert sent.acquire(timeout=10)
    os.kill(first, by)
    os.kill(first, signal.SIGCONT)

    with pytest.raises(Refused) as refused:
        in_work.result(timeout=10)

    assert refused.value.reason is reason
    assert f"ended with {-by}" in caplog.text
    assert isinstance(waiting.result(timeout=10), Opened)
    assert pid(images) != first
    assert not Path(f"/proc/{first}").exists()  # not even as a zombie


def test_a_crash_between_two_images_costs_none(images: ImageWorkerQueue) -> None:
    first = pid(images)
    os.kill(first, signal.SIGKILL)
    assert ended(first)

    assert isinstance(images.submit(IMAGE).result(timeout=10), Opened)


async def test_a_hang_fails_one_image_only(
    images: ImageWorkerQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_process, "IMAGE_SECONDS", 0.2)
    first = pid(images)
    os.kill(first, signal.SIGSTOP)

    with pytest.raises(ImageTooSlow, match="too long"):
        await process(IMAGE, "image.png")

    monkeypatch.setattr(worker_process, "IMAGE_SECONDS", 20)
    assert (await process(IMAGE, "image.png")).width == 64
    assert pid(images) != first


def test_running_out_of_memory_fails_one_image_only(images: ImageWorkerQueue) -> None:
    first = pid(images)
    room = 60 * 1024 * 1024
    resource.prlimit(first, resource.RLIMIT_DATA, (room, room))

    with pytest.raises(Refused) as refused:
        images.submit(encoded(Image.new("RGB", (5000, 4000)), "PNG")).result(timeout=10)

    assert refused.value.reason is Reason.MEMORY
    assert "too large to open" in str(explain(refused.value))
    assert isinstance(images.submit(IMAGE).result(timeout=10), Opened)
    assert pid(images) != first


def test_a_see_through_image_exists_once_at_full_size(images: ImageWorkerQueue) -> None:
    megapixels = 16
    before = peak_bytes(pid(images))

    images.submit(encoded(Image.new("RGBA", (4000, 4000), (9, 9, 9, 9)), "PNG")).result(timeout=30)

    assert peak_bytes(pid(images)) - before < (4 * megapixels + 40) * 1_000_000


@pytest.mark.parametrize("code", ["raise SystemExit(3)", "print('hello' * 9)"])
def test_a_worker_that_does_not_start_does_not_refuse_the_image(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = ImageWorkerQueue()
    monkeypatch.setattr(process_of_workers, "PYTHON", (sys.executable, "-c", code))
    with pytest.raises(Refused) as refused:
        images.submit(IMAGE).result(timeout=10)
    monkeypatch.undo()

    assert isinstance(explain(refused.value), ImagesUnavailable)
    assert isinstance(images.submit(IMAGE).result(timeout=10), Opened)
    images.close()


def test_images_keep_their_order(images: ImageWorkerQueue) -> None:
    done: list[int] = []
    os.kill(pid(images), signal.SIGSTOP)
    widths = [600 - 50 * number for number in range(10)]
    futures = [images.submit(encoded(noise("RGB", (width, 60), seed=1), "PNG")) for width in widths]
    for number, future in enumerate(futures):
        future.add_done_callback(lambda _, number=number: done.append(number))
    os.kill(pid(images), signal.SIGCONT)

    assert [future.result(timeout=20).parts[0].image.width for future in futures] == widths
    assert done == list(range(10))


async def test_the_event_loop_is_not_blocked(images: ImageWorkerQueue) -> None:
    os.kill(pid(images), signal.SIGSTOP)
    task = asyncio.create_task(process(IMAGE, "image.png"))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not task.done()
    os.kill(pid(images), signal.SIGCONT)

    assert (await task).width == 64


async def test_a_cancelled_image_costs_nothing(
    images: ImageWorkerQueue, sent: threading.Semaphore
) -> None:
    os.kill(pid(images), signal.SIGSTOP)
    first = images.submit(IMAGE)
    assert sent.acquire(timeout=10)
    task = asyncio.create_task(process(IMAGE, "image.png"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    last = images.submit(IMAGE)
    os.kill(pid(images), signal.SIGCONT)

    assert isinstance(first.result(timeout=10), Opened)
    assert isinstance(last.result(timeout=10), Opened)
    assert sent.acquire(blocking=False)
    assert not sent.acquire(blocking=False)


def test_an_idle_worker_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "IDLE_SECONDS", 0.05)
    images = ImageWorkerQueue()
    handles = []
    start = ImageWorkerProcess.__init__

    def started(worker: ImageWorkerProcess) -> None:
        start(worker)
        handles.append(os.pidfd_open(worker.pid))

    monkeypatch.setattr(ImageWorkerProcess, "__init__", started)
    for _ in range(2):
        images.submit(IMAGE).result(timeout=10)
        assert select.select([handles[-1]], [], [], 10)[0]
    images.close()

    assert len(handles) == 2
    assert images.pid is None
    for handle in handles:
        os.close(handle)


def test_closing_ends_the_worker_and_a_later_image_starts_one(images: ImageWorkerQueue) -> None:
    first = pid(images)

    images.close()
    images.close()

    assert not Path(f"/proc/{first}").exists()
    assert isinstance(images.submit(IMAGE).result(timeout=10), Opened)
