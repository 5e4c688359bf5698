"""Asks a server which tools it has, when the owner says so. What it answered stays what is offered
until the owner asks again: a server can't change unseen what a model is told."""

from __future__ import annotations

import asyncio

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chatapp import background
from chatapp.connectors.models import Server, ToolSetting
from chatapp.connectors.naming import name_for
from chatapp.connectors.remote.definitions import MAX_TOOLS, Definition
from chatapp.connectors.remote.sessions import connecting
from chatapp.connectors.remote.trouble import Fault, Trouble, of_fault
from chatapp.tools.registry import built_in

SECONDS = 15

Degree = ToolSetting.Degree


async def check(server: Server) -> None:
    """Writes down which tools the server has, or the problem that it has; here and in the row."""
    try:
        tools = await _tools(server)
    except TimeoutError:
        problem = of_fault(Fault.SLOW).sentence
    except Trouble as trouble:
        problem = trouble.sentence
    else:
        problem = _too_many() if len(tools) > MAX_TOOLS else ""
        await background.in_thread(_save_tools, server, tools[:MAX_TOOLS])
    server.problem, server.checked_at = problem, timezone.now()
    await background.in_thread(_save_state, server)


async def _tools(server: Server) -> list[Definition]:
    connected = await connecting()
    async with asyncio.timeout(SECONDS), connected(server) as remote:
        return await remote.tools()


def _too_many() -> str:
    sentence = _("The server has more than %(count)d tools; these are the first.")
    return sentence % {"count": MAX_TOOLS}


def _save_state(server: Server) -> None:
    """A server that was removed meanwhile stays so, and one that moved is another."""
    state = {"problem": server.problem, "checked_at": server.checked_at}
    Server.objects.filter(pk=server.pk, url=server.url).update(**state)


@transaction.atomic
def _save_tools(server: Server, tools: list[Definition]) -> None:
    # All of them, in one order: two that are asked at once must not find the same name for tools.
    servers = Server.objects.select_for_update().order_by("pk")
    if (server.pk, server.url) not in {(one.pk, one.url) for one in servers}:
        return
    known = {row.remote_name: row for row in server.tools.all()}
    # Nothing slips in later: the owner has seen the first list only.
    access = Degree.OFF if known else Degree.ASK
    taken = {*built_in(), *ToolSetting.objects.values_list("name", flat=True)}
    for tool in tools:
        if row := known.pop(tool.remote_name, None):
            _update(row, tool)
        else:
            name = name_for(server, tool.remote_name, taken)
            taken.add(name)
            _add(ToolSetting(name=name, server=server, access=access), tool)
    server.tools.filter(pk__in=[row.pk for row in known.values()]).update(is_gone=True)


def _add(row: ToolSetting, tool: Definition) -> None:
    row.remote_name = tool.remote_name
    _describe(row, tool)
    row.save(force_insert=True)


def _update(row: ToolSetting, tool: Definition) -> None:
    """One that is another now than it was when the owner let it run asks again."""
    is_another = (row.description, row.parameters, row.says_it_reads) != (
        tool.description,
        tool.parameters,
        tool.says_it_reads,
    )
    if is_another and row.access == Degree.FREE:
        row.access = Degree.ASK
    _describe(row, tool)
    row.save()


def _describe(row: ToolSetting, tool: Definition) -> None:
    row.title, row.description = tool.title, tool.description
    row.parameters, row.says_it_reads = tool.parameters, tool.says_it_reads
    row.is_gone = False
    if not tool.is_fit:
        row.access = Degree.OFF
