"""Sessions with servers: one for each reply and server, from the first call until this process no
longer works on the reply. No two replies share one, so nothing gets from person to person."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from importlib import import_module
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol, cast

from django.utils.translation import gettext as _

from chatapp import background
from chatapp.connectors import health
from chatapp.connectors.models import Server
from chatapp.connectors.remote.trouble import Fault, Trouble, of_fault

if TYPE_CHECKING:
    from chatapp.connectors.remote.client import Remote

TASK = "mcp:"
OPEN_SECONDS = 15
CALL_SECONDS = 55  # less than any tool may take, so that it is told whose fault it was
MAX_SESSIONS = 200  # of this process; 0.1 MB each

_open: dict[tuple[str, int], Session] = {}
_numbers = count(1)  # the name of a task must be new: one that ends keeps its own for a moment


class Connect(Protocol):
    def __call__(self, server: Server) -> AbstractAsyncContextManager[Remote]: ...


async def connecting() -> Connect:
    """Loads the SDK, in a thread: it takes 0.7 s, and replies stream meanwhile."""
    module = await asyncio.to_thread(import_module, "chatapp.connectors.remote.client")
    return cast(Connect, module.connected)


async def call(
    work: str, server: Server, tool: str, arguments: Mapping[str, object], *, acts: bool
) -> dict[str, Any]:
    """Calls a tool in the session of this work, which is opened where there is none. Raises
    Trouble.

    A call that did not run, since its session was unknown, is made once more in a new one; one
    that broke off is so only if it does not act.
    """
    session = _session(work, server)
    try:
        return await session.call(tool, arguments)
    except Trouble as trouble:
        if not (trouble.was_refused or (trouble.broke_off and not acts)):
            raise
    return await _session(work, server).call(tool, arguments)


def close(work: str) -> None:
    """Ends the sessions of this work. Returns at once; they take leave of their servers."""
    for session in [session for (owner, _server), session in _open.items() if owner == work]:
        _forget(session)
        session.close()


def _session(work: str, server: Server) -> Session:
    if not work:
        raise ValueError("A session belongs to a piece of work")
    session = _open.get((work, server.pk))
    if session is None:
        if len(_open) >= MAX_SESSIONS:
            raise Trouble(_("Too many servers are in use at present. Try again in a moment."))
        session = _open[work, server.pk] = Session(work, server)
    return session


def _forget(session: Session) -> None:
    """The next call has another one."""
    if _open.get(session.key) is session:
        del _open[session.key]


class Session:
    """Lives in a task of its own, since the SDK wants to be entered and left in the same one."""

    def __init__(self, work: str, server: Server) -> None:
        self.key = work, server.pk
        self._calls = 0  # that run
        self._is_noted = False  # that the server answers
        self._server = server
        self._remote: Remote | None = None
        self._trouble = of_fault(Fault.CUT)  # once it has ended
        self._opened = asyncio.Event()
        self._over = asyncio.Event()
        background.spawn(f"{TASK}{work}:{server.pk}:{next(_numbers)}", self._live())

    async def call(self, tool: str, arguments: Mapping[str, object]) -> dict[str, Any]:
        self._calls += 1
        try:
            answer = await self._call(tool, arguments)
        except Trouble as trouble:
            if trouble.is_lost:
                _forget(self)
            await self._note(trouble)
            raise
        finally:
            self._calls -= 1
            if not self._calls and _open.get(self.key) is not self:
                self.close()
        await self._note(None)
        return answer

    def close(self) -> None:
        self._over.set()

    async def _call(self, tool: str, arguments: Mapping[str, object]) -> dict[str, Any]:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                await self._opened.wait()
                if self._remote is None:
                    raise self._trouble
                return await self._remote.call(tool, arguments)
        except TimeoutError as error:
            raise of_fault(Fault.SLOW) from error

    async def _note(self, trouble: Trouble | None) -> None:
        """For the owner: once that it answers, and each time that it does not."""
        if trouble is None and not self._is_noted:
            self._is_noted = True
            await health.note(self._server.pk, "")
        elif trouble and trouble.is_connection:
            self._is_noted = False
            await health.note(self._server.pk, trouble.sentence)

    async def _live(self) -> None:
        try:
            connected = await connecting()
            async with asyncio.timeout(OPEN_SECONDS) as limit, connected(self._server) as remote:
                limit.reschedule(None)
                self._remote = remote
                self._opened.set()
                await self._over.wait()
        except TimeoutError:
            self._trouble = of_fault(Fault.SLOW)
        except Trouble as trouble:
            self._trouble = trouble
        finally:
            self._remote = None
            self._opened.set()
            _forget(self)
