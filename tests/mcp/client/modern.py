"""A server made with the SDK, in the protocol's newest version, which has no sessions."""

from typing import Annotated

from mcp.server.mcpserver import Image, MCPServer
from mcp_types import ToolAnnotations
from pydantic import Field

from tests.images.samples import corners, encoded

server = MCPServer("modern")


@server.tool(title="Add up", annotations=ToolAnnotations(read_only_hint=True))
def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


@server.tool()
def draw() -> Image:
    """Draws."""
    return Image(data=encoded(corners(), "PNG"), format="png")


@server.tool()
def route(region: Annotated[str, Field(json_schema_extra={"x-mcp-header": "Region"})]) -> str:
    """Require the argument in a header too, which a client sends only with this definition."""
    return f"To {region}"


app = server.streamable_http_app()
