"""Taking pages apart in a process: what a hostile page may cost, and what it gets to know."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from chatapp.tools.pages import extraction
from chatapp.tools.pages.extraction import MAX_AT_ONCE, Extract, extract
from chatapp.tools.pages.worker import MAX_DATA_BYTES
from chatapp.tools.tool import ToolFailed
from tests.texts import sampled

SIZE = 2_000_000  # bytes, as large as pages may be
CODE_BYTES = 50_000_000  # what a worker has of files, beside its own memory


async def extracted(content: bytes | str, most: int = 30_000) -> Extract:
    html = content.encode() if isinstance(content, str) else content
    return await extract(html, "text/html; charset=utf-8", "https://a.com/", links=False, most=most)


def filled(unit: str, begin: str = "") -> str:
    return begin + unit * (SIZE // len(unit))


HOSTILE = {
    "words": filled("<p>word and more words.", "<article>"),
    "nested divs": filled("<div>"),
    "nested formatting": filled("<b><i><u><p>"),
    "nested tables": filled("<table><tr><td>"),
    "nested lists": filled("<ul><li>a"),
    "attributes": "<div " + "".join(f"a{n}=1 " for n in range(200_000)) + ">x",
    "one attribute": filled("a ", "<div class='"),
    "paragraphs": filled("<p>a"),
    "cells": filled("<tr><td>a", "<table>"),
    "line breaks": filled("<br>"),
    "entities": filled("&amp;&#x1F600;"),
    "one word": filled("a", "<p>"),
    "brackets": filled("<"),
    "an open comment": filled("a-", "<!--"),
    "nul": filled("\x00a"),
    "spaces": filled(" ", "<p>x"),
    "titles": filled("<title>a</title>"),
    "an entity of its own": '<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]><p>'
    + "&d;" * 1_000,
    "a file": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><p>&b;</p><p>more text</p>',
}
FEW = ("entities", "an open comment", "nul", "an entity of its own", "a file")


@pytest.mark.parametrize("kind", sampled(HOSTILE, few=FEW))
async def test_a_hostile_page_gives_a_text_or_a_sentence(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction, "MAX_SECONDS", 3)

    found = await text_or_nothing(HOSTILE[kind])

    assert len(found) <= 30_000
    assert "root:" not in found


async def text_or_nothing(page: str) -> str:
    with contextlib.suppress(ToolFailed):
        return (await extracted(page)).text
    return ""


# A process begins with the peak of the one that started it, which is why the tests do not do that.
PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.parametrize(
    "kind", sampled(["nested formatting", "paragraphs", "cells", "line breaks"], few=("cells",))
)
def test_a_worker_keeps_within_its_memory(kind: str) -> None:
    """These would take 400 to 800 MB."""
    header = {"content_type": "", "url": "https://a.com/", "links": False, "most": 30_000}
    request = f"{json.dumps(header)}\n{HOSTILE[kind]}"

    watcher = [sys.executable, "-c", PEAK, *extraction.COMMAND]
    told = subprocess.run(watcher, input=request.encode(), capture_output=True, check=True)

    assert int(told.stdout) * 1024 < MAX_DATA_BYTES + CODE_BYTES


def test_a_worker_knows_neither_django_nor_the_settings() -> None:
    program = "import sys, chatapp.tools.pages.worker; print('django' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert told.stdout == b"False\n"


def says(program: str) -> tuple[str, ...]:
    """A worker that runs this after it has read the page, and then gives `text`."""
    return (
        sys.executable,
        "-c",
        f"import json, os, signal, sys, time; sys.stdin.buffer.read(); text = ''; {program}; "
        "print(json.dumps({'title': '', 'text': text, 'characters': len(text)}))",
    )


async def test_a_worker_inherits_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "DATABASE_URL", "INFERENCE_KEY"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setattr(extraction, "COMMAND", says("text = str(os.environ)"))

    found = await extracted("")

    assert "PATH" in found.text
    assert "secret" not in found.text


SHOWN_INTERRUPTED = {
    "fails": "sys.exit(1)",
    "is killed": "os.kill(os.getpid(), signal.SIGKILL)",
    "crashes": "os.kill(os.getpid(), signal.SIGSEGV)",
    "talks nonsense": "print('{')",
    "talks of other things": "print('[1]'); sys.exit()",
    "says nothing": "sys.exit()",
    "never ends to talk": "[print('a' * 1_000_000) for _ in iter(int, 1)]",
    "hangs": "time.sleep(60)",
}


@pytest.mark.parametrize("manner", SHOWN_INTERRUPTED)
async def test_a_failing_worker_fails_its_page_only(
    manner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction, "MAX_SECONDS", 2)
    monkeypatch.setattr(extraction, "COMMAND", says(SHOWN_INTERRUPTED[manner]))

    with pytest.raises(ToolFailed, match="too complex"):
        await extracted("<p>a page</p>")


async def test_a_worker_that_exits_without_reading_fails_its_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(extraction, "COMMAND", (sys.executable, "-c", "pass"))

    with pytest.raises(ToolFailed, match="too complex"):
        await extracted(filled("a"))


async def test_how_a_worker_died_is_logged_without_its_page(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(extraction, "COMMAND", says(SHOWN_INTERRUPTED["crashes"]))

    with pytest.raises(ToolFailed):
        await extracted("<p>secret</p>")

    assert f"ended with {-signal.SIGSEGV}" in caplog.text
    assert "secret" not in caplog.text


async def test_a_cancelled_call_ends_its_worker(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = tmp_path / "pid"
    os.mkfifo(told)
    program = f"open({str(told)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    monkeypatch.setattr(extraction, "COMMAND", says(program))

    reading = asyncio.create_task(extracted("<p>a page</p>"))
    pid = int(await asyncio.to_thread(told.read_text))
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_few_workers_run_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log = tmp_path / "log"
    note = f"open({str(log)!r}, 'a').write"
    monkeypatch.setattr(extraction, "COMMAND", says(f"{note}('+'); time.sleep(0.3); {note}('-')"))
    monkeypatch.setattr(extraction, "_slots", asyncio.Semaphore(MAX_AT_ONCE))

    await asyncio.gather(*(extracted("") for _ in range(MAX_AT_ONCE + 2)))

    running = list(itertools.accumulate(1 if note == "+" else -1 for note in log.read_text()))
    assert len(running) == 2 * (MAX_AT_ONCE + 2)
    assert max(running) == MAX_AT_ONCE
