"""Extract a page's text in a worker: a new process for each page, and few of them at once."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext

from chatapp.tools.tool import ToolFailed

MAX_SECONDS = 15
MAX_REPLY_BYTES = 1024 * 1024
MAX_AT_ONCE = 2  # each takes up to 200 MB and a whole core

ROOT = Path(__file__).resolve().parents[3]
COMMAND = (sys.executable, "-W", "ignore", "-m", f"{__package__}.worker")
# Python needs no other variables to start; the worker must not get keys and passwords.
INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "TMPDIR")

logger = logging.getLogger(__name__)
_slots = asyncio.Semaphore(MAX_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Extract:
    """Hold the text of a page: Markdown or plain text, of `characters` before it was shortened."""

    title: str
    text: str
    characters: int


async def extract(
    content: bytes, content_type: str, url: str, *, links: bool, most: int
) -> Extract:
    """Return at most `most` characters of the main text of a page. Raises ToolFailed."""
    header = {"content_type": content_type, "url": url, "links": links, "most": most}
    async with _slots:
        reply = await _ask_worker(json.dumps(header).encode() + b"\n" + content)
    try:
        return Extract(**json.loads(reply))
    except (ValueError, TypeError) as error:
        raise ToolFailed(gettext("This page is too large or too complex to read.")) from error


async def _ask_worker(request: bytes) -> bytes:
    """Return what a new worker answers, nothing if it crashed or took too long."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        cwd=ROOT,
        env={name: os.environ[name] for name in INHERITED if name in os.environ},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # libraries quote the page there
    )
    try:
        async with asyncio.timeout(MAX_SECONDS):
            return await _exchange(process, request)
    except TimeoutError:
        return b""
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()  # it has answered, or never will
        code = await process.wait()
        if code not in (0, -signal.SIGKILL):
            logger.warning("The page worker ended with %s", code)


async def _exchange(process: asyncio.subprocess.Process, request: bytes) -> bytes:
    assert process.stdin
    assert process.stdout
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it died, so stdout ends
        process.stdin.write(request)
        await process.stdin.drain()
        process.stdin.close()
    try:
        await process.stdout.readexactly(MAX_REPLY_BYTES)
    except asyncio.IncompleteReadError as end:
        return end.partial
    return b""
