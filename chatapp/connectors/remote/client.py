"""One session with one server, by way of the SDK. Importing this costs 57 MB and 0.7 s, so only
`sessions.py` does, where a server is used."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx2
from django.utils.translation import gettext as _
from mcp.client._transport import TransportStreams
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import (
    CONNECTION_CLOSED,
    HEADER_MISMATCH,
    PARSE_ERROR,
    CallToolRequest,
    CallToolRequestParams,
    Implementation,
)
from pydantic import RootModel, ValidationError

from chatapp.connectors.models import Server
from chatapp.connectors.remote.definitions import MAX_TOOLS, Definition, together
from chatapp.connectors.remote.line import Line, client, hearing
from chatapp.connectors.remote.proof import proven
from chatapp.connectors.remote.sieve import Sieve
from chatapp.connectors.remote.trouble import MAX_BYTES, Fault, Heard, Trouble, of_fault, of_line
from chatapp.connectors.sealing import Unreadable, unseal
from chatapp.fetching.network import public_tls
from chatapp.tools.outside import plain_line

MAX_PAGES = 10  # of a list of tools
SAID_CHARACTERS = 300  # of what a server says about an error
WHO = Implementation(name="chatapp", version="1")

# They quote whole messages and what servers say, and a line for each request is too many. "client"
# is the SDK's too.
for name in ("mcp", "client", "httpx2", "httpcore2"):
    logging.getLogger(name).setLevel(logging.CRITICAL)


class _Answer(RootModel[dict[str, Any]]):
    """The SDK checks the protocol's shape; `results.py` reads the rest."""


@asynccontextmanager
async def connected(server: Server) -> AsyncIterator[Remote]:
    """A session, to be entered and left in one task. Raises Trouble, also that of its block."""
    line = Line(server.url, _token(server), await asyncio.to_thread(public_tls))
    found: list[Definition] = []
    hearing.set(heard := Heard())
    try:
        async with client(line) as http:
            streams = _sifting(server.url, http, found)
            # Without callbacks the server may ask for nothing: no model, no form, no files.
            async with Client(streams, client_info=WHO, cache=None) as sdk:
                yield Remote(sdk, found)
    except Exception as error:
        raise _ended(_first(error), heard) from error


class Remote:
    """A session that is open. Any task may call."""

    def __init__(self, sdk: Client, found: list[Definition]) -> None:
        self._sdk = sdk
        self._found = found

    async def call(self, tool: str, arguments: Mapping[str, object]) -> dict[str, Any]:
        """What the tool answers, as it came over the wire. Raises Trouble."""
        params = CallToolRequestParams(name=tool, arguments=dict(arguments))
        with _listening():
            # Not `call_tool`: it holds answers to the schema that the server gave for them, for
            # which it asks after the first call, and one that differs is lost.
            answer = await self._asked(CallToolRequest(params=params))
        if answer.get("resultType") == "input_required":
            raise Trouble(_("The server asks back for something that this chat can't give."))
        return answer

    async def tools(self) -> list[Definition]:
        """Its tools, or a few more than MAX_TOOLS of them. Raises Trouble."""
        with _listening():
            await self._list()
        return await asyncio.to_thread(proven, together(self._found))

    async def _asked(self, request: CallToolRequest) -> dict[str, Any]:
        try:
            return await self._sent(request)
        except MCPError as error:
            if error.code != HEADER_MISMATCH:
                raise
        # Refused for want of headers, which the SDK makes from the tool's definition.
        await self._list()
        return await self._sent(request)

    async def _sent(self, request: CallToolRequest) -> dict[str, Any]:
        return (await self._sdk.session.send_request(request, _Answer)).root

    async def _list(self) -> None:
        self._found.clear()
        cursor: str | None = None
        for _page in range(MAX_PAGES):
            page = await self._sdk.list_tools(cursor=cursor)
            cursor = page.next_cursor
            if not cursor or len(self._found) > MAX_TOOLS:
                break


@asynccontextmanager
async def _sifting(
    url: str, http: httpx2.AsyncClient, found: list[Definition]
) -> AsyncIterator[TransportStreams]:
    opening = streamable_http_client(url, http_client=http, max_sse_event_size=MAX_BYTES)
    async with opening as (reading, writing):
        yield Sieve(reading, found), writing


def _token(server: Server) -> str:
    try:
        token = unseal(server.sealed_token)
    except Unreadable as error:
        sentence = _(
            "The token can't be read any more, since SECRET_KEY is another. Enter it anew."
        )
        raise Trouble(sentence, is_connection=True) from error
    if not (token.isascii() and token.isprintable()):
        sentence = _("The token has characters that can't be sent.")
        raise Trouble(sentence, is_connection=True)
    return token


@contextmanager
def _listening() -> Iterator[None]:
    """Around whatever is asked in an open session."""
    before = hearing.set(heard := Heard())
    try:
        yield
    except MCPError as error:
        raise of_line(heard) or _of_protocol(error) from error
    except ValidationError as error:
        raise Trouble(_("The server's answer can't be read.")) from error
    finally:
        hearing.reset(before)


def _of_protocol(error: MCPError) -> Trouble:
    if error.code == CONNECTION_CLOSED:
        return of_fault(Fault.CUT)
    if error.code == PARSE_ERROR:
        return Trouble(_("The server's answer can't be read."))
    sentence = _("The server refuses this: %(said)s")
    return Trouble(sentence % {"said": plain_line(error.message, SAID_CHARACTERS)})


def _first(error: BaseException) -> BaseException:
    """What really happened: task groups wrap it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _ended(error: BaseException, heard: Heard) -> Trouble:
    """Why a session could not be opened, or ended by itself."""
    if isinstance(error, Trouble):
        return error
    if isinstance(error, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
        return Trouble(_("This address can't be used."), is_connection=True)
    sentence = _(
        "What the server says can't be understood: it does not speak MCP as this chat does."
    )
    return of_line(heard) or Trouble(sentence, is_connection=True)
