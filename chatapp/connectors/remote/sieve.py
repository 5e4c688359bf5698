"""Reads lists of tools as they come over the wire.

The SDK refuses a list for one tool in it that is not as the protocol wants it. So it gets to see
what it needs of those that are fit, and what the server said is kept here.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from mcp.client._transport import ReadStream
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCResponse

from chatapp.connectors.remote.definitions import MAX_TOOLS, Definition, read

Item = SessionMessage | Exception


class Sieve:
    """What a server sends, in the place of the stream that it wraps. Tools go into `found`."""

    def __init__(self, stream: ReadStream[Item], found: list[Definition]) -> None:
        self._stream = stream
        self._found = found

    async def receive(self) -> Item:
        return self._sifted(await self._stream.receive())

    async def aclose(self) -> None:
        await self._stream.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Item:
        return self._sifted(await self._stream.__anext__())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def _sifted(self, item: Item) -> Item:
        match item:
            case SessionMessage(message=JSONRPCResponse(result={"tools": list(tools)} as result)):
                found = [one for one in map(read, tools[: MAX_TOOLS + 1]) if one]
                self._found += found
                result["tools"] = [_for_sdk(one) for one in found if one.is_fit]
        return item


def _for_sdk(found: Definition) -> dict[str, Any]:
    properties = found.parameters.get("properties")
    named = properties.items() if isinstance(properties, dict) else ()
    schema = {name: item for name, item in named if isinstance(item, dict)}
    return {
        "name": found.remote_name,
        "inputSchema": {"type": "object", "properties": schema},
    }
