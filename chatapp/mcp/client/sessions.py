"""Sessions with servers: one for each reply and server, from the first call until this process no
longer works on the reply. No two replies share one, so nothing gets from person to person."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from chatapp import background
from chatapp.mcp import health
from chatapp.mcp.client import load_connect
from chatapp.mcp.client.errors import Fault, ServerError, error_for
from chatapp.mcp.models import Server

if TYPE_CHECKING:
    from chatapp.mcp.client.connection import Connection

TASK = "mcp:"
OPEN_SECONDS = 15
CALL_SECONDS = 55  # less than the limit of any tool, so that the sentence names the server
MAX_SESSIONS = 200  # of this process; 0.1 MB each

_open: dict[tuple[str, int], Session] = {}
_numbers = count(1)  # the name of a task must be new: one that ends keeps its own for a moment


async def call(
    work: str, server: Server, tool: str, arguments: Mapping[str, object], *, acts: bool
) -> dict[str, Any]:
    """Call a tool in the session of this work, which is opened if needed. Raise ServerError.

    A call that didn't run, because its session was unknown, is made once more in a new one. An
    interrupted call is repeated only if it doesn't act.
    """
    session = _session(work, server)
    try:
        return await session.call(tool, arguments)
    except ServerError as error:
        if not (error.was_refused or (error.was_interrupted and not acts)):
            raise
    return await _session(work, server).call(tool, arguments)


def close(work: str) -> None:
    """End the sessions of this work. Return at once; they are closed on the servers later."""
    for session in [session for (owner, _server), session in _open.items() if owner == work]:
        _forget(session)
        session.close()


def _session(work: str, server: Server) -> Session:
    if not work:
        raise ValueError("A session belongs to a piece of work")
    session = _open.get((work, server.pk))
    if session is None:
        if len(_open) >= MAX_SESSIONS:
            raise ServerError(_("Too many servers are in use. Try again in a moment."))
        session = _open[work, server.pk] = Session(work, server)
    return session


def _forget(session: Session) -> None:
    """Give the next call another session."""
    if _open.get(session.key) is session:
        del _open[session.key]


class Session:
    """Live in a task of its own, because the SDK must be entered and left in the same one."""

    def __init__(self, work: str, server: Server) -> None:
        self.key = work, server.pk
        self._running_calls = 0
        self._is_recorded = False  # that the server answers
        self._server = server
        self._connection: Connection | None = None
        self._error = error_for(Fault.INTERRUPTED)  # once it has ended
        self._opened = asyncio.Event()
        self._over = asyncio.Event()
        background.spawn(f"{TASK}{work}:{server.pk}:{next(_numbers)}", self._live())

    async def call(self, tool: str, arguments: Mapping[str, object]) -> dict[str, Any]:
        self._running_calls += 1
        try:
            answer = await self._call(tool, arguments)
        except ServerError as error:
            if error.session_is_lost:
                _forget(self)
            await self._record(error)
            raise
        finally:
            self._running_calls -= 1
            if not self._running_calls and _open.get(self.key) is not self:
                self.close()
        await self._record(None)
        return answer

    def close(self) -> None:
        self._over.set()

    async def _call(self, tool: str, arguments: Mapping[str, object]) -> dict[str, Any]:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                await self._opened.wait()
                if self._connection is None:
                    raise self._error
                return await self._connection.call(tool, arguments)
        except TimeoutError as error:
            raise error_for(Fault.TIMEOUT) from error

    async def _record(self, error: ServerError | None) -> None:
        """Report to the owner: the first success, and each failure of the connection."""
        if error is None and not self._is_recorded:
            self._is_recorded = True
            await health.record(self._server.pk, "")
        elif error and error.is_connection:
            self._is_recorded = False
            await health.record(self._server.pk, error.sentence)

    async def _live(self) -> None:
        try:
            connect = await load_connect()
            async with asyncio.timeout(OPEN_SECONDS) as limit, connect(self._server) as connection:
                limit.reschedule(None)
                self._connection = connection
                self._opened.set()
                await self._over.wait()
        except TimeoutError:
            self._error = error_for(Fault.TIMEOUT)
        except ServerError as error:
            self._error = error
        finally:
            self._connection = None
            self._opened.set()
            _forget(self)
