"""Whether a server answers, and which tools it has.

The owner's page and the tools on offer read what was stored here at the last check: a server can't
change unseen what a model is offered.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chatapp import background
from chatapp.mcp.client import load_connect
from chatapp.mcp.client.errors import Fault, ServerError, error_for
from chatapp.mcp.models import MAX_TOOLS, Server, ToolSetting
from chatapp.mcp.tool_names import make_name
from chatapp.tools.registry import built_in

if TYPE_CHECKING:
    from chatapp.mcp.client.tool_list import Definition

CHECK_SECONDS = 15

Access = ToolSetting.Access


async def check(server: Server) -> None:
    """Ask the server for its tools. Save them or its problem, the latter on `server` too."""
    try:
        tools = await _fetch_tools(server)
    except TimeoutError:
        problem = error_for(Fault.TIMEOUT).sentence
    except ServerError as error:
        problem = error.sentence
    else:
        server.has_answered = True
        problem = _too_many_tools() if len(tools) > MAX_TOOLS else ""
        await background.in_thread(_save_tools, server, tools[:MAX_TOOLS])
    server.problem, server.checked_at = problem, timezone.now()
    await background.in_thread(_save_state, server)


async def record(server_id: int, problem: str) -> None:
    """Save how the last use of a server went, "" for success. Write only what has changed."""
    await background.in_thread(_save_problem, server_id, problem)


async def _fetch_tools(server: Server) -> list[Definition]:
    connect = await load_connect()
    async with asyncio.timeout(CHECK_SECONDS), connect(server) as connection:
        return await connection.list_tools()


def _too_many_tools() -> str:
    sentence = _("The server has more than %(count)d tools. Only the first %(count)d are listed.")
    return sentence % {"count": MAX_TOOLS}


def _save_state(server: Server) -> None:
    """Write nothing for a server that was removed meanwhile, or has another address."""
    state = {"problem": server.problem, "checked_at": server.checked_at}
    Server.objects.filter(pk=server.pk, url=server.url).update(**state)


def _save_problem(server_id: int, problem: str) -> None:
    changed = Server.objects.filter(pk=server_id).exclude(problem=problem)
    # Read first: a write would wait for the database's lock, and is seldom needed.
    if changed.exists():
        changed.update(problem=problem, checked_at=timezone.now())


@transaction.atomic
def _save_tools(server: Server, tools: list[Definition]) -> None:
    # Lock all servers, in one order: two checks at once must not choose the same name for tools.
    servers = Server.objects.select_for_update().order_by("pk")
    if (server.pk, server.url) not in {(row.pk, row.url) for row in servers}:
        return
    known = {row.remote_name: row for row in server.tools.all()}
    # The owner has seen only the first list, so a tool that appears later is off.
    access = Access.OFF if known else Access.ASK
    taken = {*built_in(), *ToolSetting.objects.values_list("name", flat=True)}
    for tool in tools:
        if row := known.pop(tool.remote_name, None):
            _update(row, tool)
        else:
            name = make_name(server, tool.remote_name, taken)
            taken.add(name)
            _add(ToolSetting(name=name, server=server, access=access), tool)
    server.tools.filter(pk__in=[row.pk for row in known.values()]).update(is_removed=True)


def _add(row: ToolSetting, tool: Definition) -> None:
    row.remote_name = tool.remote_name
    _describe(row, tool)
    row.save(force_insert=True)


def _update(row: ToolSetting, tool: Definition) -> None:
    """Ask first again where a tool has changed since the owner let it run automatically."""
    has_changed = (row.description, row.parameters, row.is_declared_read_only) != (
        tool.description,
        tool.parameters,
        tool.is_declared_read_only,
    )
    if has_changed and row.access == Access.ALLOW:
        row.access = Access.ASK
    _describe(row, tool)
    row.save()


def _describe(row: ToolSetting, tool: Definition) -> None:
    row.title, row.description = tool.title, tool.description
    row.parameters, row.is_declared_read_only = tool.parameters, tool.is_declared_read_only
    row.is_removed = False
    if not tool.is_usable:
        row.access = Access.OFF
