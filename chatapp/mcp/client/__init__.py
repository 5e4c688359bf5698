"""Talk to MCP servers. The SDK costs 57 MB and 0.7 s, so it is loaded where a server is used."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from chatapp.mcp.models import Server

if TYPE_CHECKING:
    from chatapp.mcp.client.connection import Connection


class Connect(Protocol):
    def __call__(self, server: Server) -> AbstractAsyncContextManager[Connection]: ...


async def load_connect() -> Connect:
    """Return `connection.connect`. Load the SDK in a thread, because replies stream meanwhile."""
    module = await asyncio.to_thread(import_module, "chatapp.mcp.client.connection")
    return cast(Connect, module.connect)
