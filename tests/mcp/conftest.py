"""The signed-in owner, and a server after its last check."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from chatapp.mcp.models import Server, ToolSetting

UNREACHABLE = "http://127.0.0.1:1/mcp"  # nothing listens there


@pytest.fixture
def notes(db: None) -> Server:
    """A server with two tools, checked ten minutes ago."""
    checked = timezone.now() - timedelta(minutes=10)
    server = Server.objects.create(name="Notes", url=UNREACHABLE, checked_at=checked)
    add_tool(server, "search", title="Search notes", is_declared_read_only=True)
    add_tool(server, "write", title="Write a note")
    return server


def add_tool(server: Server, name: str, **fields: object) -> ToolSetting:
    values = {"access": "ask", "remote_name": name, "parameters": {"type": "object"}} | fields
    return ToolSetting.objects.create(name=f"notes_{name}", server=server, **values)


def edit(visitor: Client, server: Server, **fields: str) -> int:
    """Post the form as the page shows it, with these fields changed. Return the status."""
    shown = {"name": server.name, "url": server.url, "token": ""}
    hidden = {"initial-name": server.name, "initial-url": server.url}
    answer = visitor.post(f"/tools/servers/{server.pk}/change", hidden | shown | fields)
    server.refresh_from_db()
    return answer.status_code
