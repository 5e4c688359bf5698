"""The app's side of taking a page apart: a process for each page, and never many of them."""

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
AT_ONCE = 2  # of up to 200 MB each, and one has as much of a core as it gets

ROOT = Path(__file__).resolve().parents[3]
COMMAND = (sys.executable, "-W", "ignore", "-m", f"{__package__}.worker")
# All that Python needs to start; keys and passwords stay here.
INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "TMPDIR")

logger = logging.getLogger(__name__)
_turns = asyncio.Semaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Extract:
    """`text` is markdown, or plain text, and `characters` the length of the whole of it."""

    title: str
    text: str
    characters: int


async def extract(
    content: bytes, content_type: str, url: str, *, links: bool, most: int
) -> Extract:
    """The main text of a page, at most `most` characters of it. Raises ToolFailed."""
    header = {"content_type": content_type, "url": url, "links": links, "most": most}
    async with _turns:
        reply = await _ask_worker(json.dumps(header).encode() + b"\n" + content)
    try:
        return Extract(**json.loads(reply))
    except (ValueError, TypeError) as error:
        raise ToolFailed(gettext("This page is too large or too tangled to be read.")) from error


async def _ask_worker(request: bytes) -> bytes:
    """What a worker of its own answers; nothing when it died of the request."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        cwd=ROOT,
        env={name: os.environ[name] for name in INHERITED if name in os.environ},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # libraries quote there what the page says
    )
    try:
        async with asyncio.timeout(MAX_SECONDS):
            return await _exchange(process, request)
    except TimeoutError:
        return b""
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()  # it has said all that it had to say, or never will
        code = await process.wait()
        if code not in (0, -signal.SIGKILL):
            logger.warning("The page worker ended with %s", code)


async def _exchange(process: asyncio.subprocess.Process, request: bytes) -> bytes:
    assert process.stdin
    assert process.stdout
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it died: nothing follows
        process.stdin.write(request)
        await process.stdin.drain()
        process.stdin.close()
    try:
        await process.stdout.readexactly(MAX_REPLY_BYTES)
    except asyncio.IncompleteReadError as end:
        return end.partial
    return b""
