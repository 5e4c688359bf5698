"""Whatever happens to a check becomes a result, in time and without secrets."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from chatapp.accounts.models import Person
from chatapp.diagnostics import runner
from chatapp.diagnostics.checks import CHECKS
from chatapp.diagnostics.results import Result, green
from chatapp.diagnostics.runner import Check, gather, run, start


def check(look: Callable[[], Any], name: str = "test") -> Check:
    return Check(name, "Test", look)


async def test_a_check_returns_its_result() -> None:
    async def look() -> Result:
        return green("Fine.")

    assert await run(check(look)) == green("Fine.")
    assert await run(check(lambda: green("Fine."))) == green("Fine.")


async def test_a_check_that_hangs_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "CHECK_SECONDS", 0.1)

    async def look() -> Result:
        await asyncio.Event().wait()
        raise AssertionError

    result = await run(check(look))

    assert (result.level, result.found) == ("red", "No answer within 0.1 seconds.")


async def test_a_check_that_hangs_in_a_thread_is_red_and_ends_with_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runner, "CHECK_SECONDS", 0.1)
    release, threads = threading.Event(), []

    def look() -> Result:
        threads.append(threading.current_thread())
        release.wait()
        return green("Late.")

    result = await run(check(look))

    release.set()
    [thread] = threads
    await asyncio.to_thread(thread.join)
    assert result.level == "red"
    assert thread.daemon


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OperationalError("host=10.0.0.1 password=hunter2"), "The database didn't answer"),
        (ValueError("hunter2"), "This check failed (ValueError)."),
    ],
)
async def test_a_check_that_raises_is_red_and_logged_without_the_message(
    error: Exception, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    def look() -> Result:
        raise error

    result = await run(check(look))

    assert result.level == "red"
    assert words in result.found
    assert "test_runner.py" in caplog.text
    assert "hunter2" not in str(result) + caplog.text


async def test_checks_run_side_by_side(owner: Person) -> None:
    barrier = asyncio.Barrier(2)

    async def look() -> Result:
        await barrier.wait()
        return green("Met.")

    async with asyncio.timeout(5):
        results = await gather([start(owner, check(look, name)) for name in "ab"])

    assert results == [green("Met.")] * 2


async def test_a_running_check_is_joined_and_not_started_again(
    owner: Person, member: Person
) -> None:
    started, release = [], asyncio.Event()

    async def look() -> Result:
        started.append(1)
        await release.wait()
        return green("Once.")

    tasks = [start(owner, check(look)), start(owner, check(look)), start(member, check(look))]
    release.set()

    assert await gather(tasks) == [green("Once.")] * 3
    assert len(started) == 2


async def test_a_report_has_a_time_limit(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "REPORT_SECONDS", 0.1)
    release = asyncio.Event()

    async def look() -> Result:
        await release.wait()
        return green("Late.")

    slow = start(owner, check(look, "slow"))
    quick = start(owner, check(lambda: green("Quick."), "quick"))
    await quick

    results = await gather([slow, quick])

    assert [result.level for result in results] == ["red", "green"]
    release.set()
    assert await slow == green("Late.")


def test_the_command_does_not_wait_for_a_thread_that_hangs() -> None:
    """asyncio would wait for threads of its own."""
    started, release = time.monotonic(), threading.Event()

    async def run_one() -> None:
        task = asyncio.create_task(run(check(release.wait)))
        await asyncio.wait([task], timeout=0.1)
        task.cancel()

    asyncio.run(run_one())

    assert time.monotonic() - started < runner.CHECK_SECONDS
    release.set()


def test_names_are_valid_in_urls_and_unique() -> None:
    names = [check.name for check in CHECKS]

    assert len(set(names)) == len(names)
    assert all(name.isalpha() for name in names)
