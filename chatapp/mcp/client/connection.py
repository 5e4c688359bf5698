"""One connection to one server, by way of the SDK. Only `load_connect` imports this module."""

from __future__ import annotations

import asyncio
import logging
import ssl
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

from chatapp.fetching.network import public_tls
from chatapp.mcp.client.errors import (
    MAX_BYTES,
    Fault,
    LastResponse,
    ServerError,
    error_for,
    error_in,
)
from chatapp.mcp.client.redaction import hide
from chatapp.mcp.client.tool_list import Definition, ToolListFilter, check_definitions
from chatapp.mcp.client.transport import Transport, last_response, make_client
from chatapp.mcp.encryption import decrypt
from chatapp.mcp.models import MAX_TOOLS, Server
from chatapp.server.encryption import Unreadable
from chatapp.tools.untrusted import plain_line

MAX_PAGES = 10  # of a list of tools
MAX_MESSAGE_CHARACTERS = 300  # of a server's error message
NO_POST = (400, 404, 405, 406, 415)  # how servers of the protocol of 2024 refuse a message
CLIENT_INFO = Implementation(name="chatapp", version="1")

# They log whole messages with what servers send, and a line for each request. "client" is the
# SDK's too.
for name in ("mcp", "client", "httpx2", "httpcore2"):
    logging.getLogger(name).setLevel(logging.CRITICAL)


class _Answer(RootModel[dict[str, Any]]):
    """The SDK checks the protocol's shape; `results.py` reads the rest."""


@asynccontextmanager
async def connect(server: Server) -> AsyncIterator[Connection]:
    """Open a connection, and close it in the same task. Raise ServerError, also for its block."""
    token, tls = _token(server), await asyncio.to_thread(public_tls)
    transport = Transport(server.url, token, tls, server.token_header)
    found: list[Definition] = []
    last_response.set(last := LastResponse())
    try:
        async with make_client(transport) as http:
            streams = _filtered_streams(server.url, http, found, token)
            # Without callbacks the server may ask for nothing: no model, no form, no files.
            async with Client(streams, client_info=CLIENT_INFO, cache=None) as sdk:
                yield Connection(sdk, found, token)
    except Exception as error:
        if last.status in NO_POST and not isinstance(_first(error), ServerError):
            last.offers_sse = await _offers_sse(server, token, tls)
        raise _explain(_first(error), last) from error


class Connection:
    """An open connection. Any task may call."""

    def __init__(self, sdk: Client, found: list[Definition], token: str) -> None:
        self._sdk = sdk
        self._found = found
        self._token = token

    async def call(self, tool: str, arguments: Mapping[str, object]) -> dict[str, Any]:
        """Return the tool's answer as it came over the wire. Raise ServerError."""
        params = CallToolRequestParams(name=tool, arguments=dict(arguments))
        with _explaining_errors(self._token):
            # Not `call_tool`, which checks answers against the server's schema for them: it asks
            # for that after the first call, and drops an answer that differs.
            answer = await self._request(CallToolRequest(params=params))
        if answer.get("resultType") == "input_required":
            raise ServerError(_("The server asks for more input, which this chat can't give."))
        return hide(answer, self._token)

    async def list_tools(self) -> list[Definition]:
        """Return the tools, or a few more than MAX_TOOLS of them. Raise ServerError."""
        with _explaining_errors(self._token):
            await self._list()
        return await asyncio.to_thread(check_definitions, self._found)

    async def _request(self, request: CallToolRequest) -> dict[str, Any]:
        try:
            return await self._send(request)
        except MCPError as error:
            if error.code != HEADER_MISMATCH:
                raise
        # Refused for missing headers, which the SDK makes from the tool's definition.
        await self._list()
        return await self._send(request)

    async def _send(self, request: CallToolRequest) -> dict[str, Any]:
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
async def _filtered_streams(
    url: str, http: httpx2.AsyncClient, found: list[Definition], token: str
) -> AsyncIterator[TransportStreams]:
    opening = streamable_http_client(url, http_client=http, max_sse_event_size=MAX_BYTES)
    async with opening as (reading, writing):
        yield ToolListFilter(reading, found, token), writing


async def _offers_sse(server: Server, token: str, tls: ssl.SSLContext) -> bool:
    transport = Transport(server.url, token, tls, server.token_header)
    try:
        return await transport.offers_sse()
    finally:
        await transport.aclose()


def _token(server: Server) -> str:
    try:
        token = decrypt(server.encrypted_token)
    except Unreadable as error:
        sentence = _("The token can't be read, because SECRET_KEY has changed. Enter it again.")
        raise ServerError(sentence, is_connection=True) from error
    if not (token.isascii() and token.isprintable()):
        sentence = _("The token has characters that can't be sent. Enter it again.")
        raise ServerError(sentence, is_connection=True)
    return token


@contextmanager
def _explaining_errors(token: str) -> Iterator[None]:
    """Turn the SDK's errors into ServerError, around each request on an open connection."""
    before = last_response.set(last := LastResponse())
    try:
        yield
    except MCPError as error:
        raise error_in(last) or _explain_protocol(error, token) from error
    except ValidationError as error:
        raise ServerError(_("The server's answer can't be read.")) from error
    finally:
        last_response.reset(before)


def _explain_protocol(error: MCPError, token: str) -> ServerError:
    if error.code == CONNECTION_CLOSED:
        return error_for(Fault.INTERRUPTED)
    if error.code == PARSE_ERROR:
        return ServerError(_("The server's answer can't be read."))
    sentence = _("The server refused this call: %(message)s")
    message = plain_line(hide(error.message, token), MAX_MESSAGE_CHARACTERS)
    return ServerError(sentence % {"message": message})


def _first(error: BaseException) -> BaseException:
    """Return the cause: task groups wrap it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _explain(error: BaseException, last: LastResponse) -> ServerError:
    """Return why a connection couldn't be opened, or ended."""
    if isinstance(error, ServerError):
        return error
    if isinstance(error, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
        return ServerError(_("This address can't be used. Change it."), is_connection=True)
    sentence = _("The server doesn't answer in a version of MCP that this chat supports.")
    return error_in(last) or ServerError(sentence, is_connection=True)
