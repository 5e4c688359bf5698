"""A server as it was left by its last check."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chatapp.connectors.models import Server, ToolSetting

NOBODY = "http://127.0.0.1:1/mcp"  # where nothing listens


@pytest.fixture
def notes(db: None) -> Server:
    """A server with two tools, asked ten minutes ago."""
    checked = timezone.now() - timedelta(minutes=10)
    server = Server.objects.create(name="Notes", url=NOBODY, checked_at=checked)
    add_tool(server, "search", title="Search notes", says_it_reads=True)
    add_tool(server, "write", title="Write a note")
    return server


def add_tool(server: Server, name: str, **said: object) -> ToolSetting:
    given = {"access": "ask", "remote_name": name, "parameters": {"type": "object"}} | said
    return ToolSetting.objects.create(name=f"notes_{name}", server=server, **given)
