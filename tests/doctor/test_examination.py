"""Whatever happens to a check becomes a line, in time and without secrets."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from chatapp.accounts.models import Person
from chatapp.doctor import examination
from chatapp.doctor.checks import CHECKS, Check
from chatapp.doctor.examination import begin, examine, gathered
from chatapp.doctor.result import Result, green


def check(look: Callable[[], Any], name: str = "test") -> Check:
    return Check(name, "Test", look)


async def test_a_check_gives_its_line() -> None:
    async def look() -> Result:
        return green("Fine.")

    assert await examine(check(look)) == green("Fine.")
    assert await examine(check(lambda: green("Fine."))) == green("Fine.")


async def test_a_check_that_hangs_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "SECONDS", 0.1)

    async def look() -> Result:
        await asyncio.Event().wait()
        raise AssertionError

    result = await examine(check(look))

    assert (result.level, result.found) == ("red", "No answer within 0.1 seconds.")


async def test_a_check_that_hangs_in_a_thread_is_red_and_ends_with_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(examination, "SECONDS", 0.1)
    release, threads = threading.Event(), []

    def look() -> Result:
        threads.append(threading.current_thread())
        release.wait()
        return green("Late.")

    result = await examine(check(look))

    release.set()
    [thread] = threads
    await asyncio.to_thread(thread.join)
    assert result.level == "red"
    assert thread.daemon


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OperationalError("host=10.0.0.1 password=hunter2"), "The database does not answer"),
        (ValueError("hunter2"), "This check itself failed (ValueError)."),
    ],
)
async def test_a_check_that_raises_is_red_and_logged_without_its_words(
    error: Exception, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    def look() -> Result:
        raise error

    result = await examine(check(look))

    assert result.level == "red"
    assert words in result.found
    assert "test_examination.py" in caplog.text
    assert "hunter2" not in str(result) + caplog.text


async def test_checks_run_side_by_side(owner: Person) -> None:
    everybody = asyncio.Barrier(2)

    async def look() -> Result:
        await everybody.wait()
        return green("Met.")

    async with asyncio.timeout(5):
        results = await gathered([begin(owner, check(look, name)) for name in "ab"])

    assert results == [green("Met.")] * 2


async def test_a_check_that_runs_is_joined_and_not_begun_again(
    owner: Person, member: Person
) -> None:
    begun, release = [], asyncio.Event()

    async def look() -> Result:
        begun.append(1)
        await release.wait()
        return green("Once.")

    tasks = [begin(owner, check(look)), begin(owner, check(look)), begin(member, check(look))]
    release.set()

    assert await gathered(tasks) == [green("Once.")] * 3
    assert len(begun) == 2


async def test_a_report_waits_for_a_while_only(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examination, "REPORT_SECONDS", 0.1)
    release = asyncio.Event()

    async def look() -> Result:
        await release.wait()
        return green("Late.")

    slow = begin(owner, check(look, "slow"))
    quick = begin(owner, check(lambda: green("Quick."), "quick"))
    await quick

    results = await gathered([slow, quick])

    assert [result.level for result in results] == ["red", "green"]
    release.set()
    assert await slow == green("Late.")


def test_the_command_does_not_wait_for_a_thread_that_hangs() -> None:
    """All checks but one are quick; asyncio would wait for its own threads."""
    begun, release = time.monotonic(), threading.Event()

    async def examine_one() -> None:
        task = asyncio.create_task(examine(check(release.wait)))
        await asyncio.wait([task], timeout=0.1)
        task.cancel()

    asyncio.run(examine_one())

    assert time.monotonic() - begun < examination.SECONDS
    release.set()


def test_names_are_fit_for_addresses_and_unique() -> None:
    names = [check.name for check in CHECKS]

    assert len(set(names)) == len(names)
    assert all(name.isalpha() for name in names)
