"""/tools/: what tools may do, and MCP servers. For those who manage tools."""

import asyncio
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chatapp import background
from chatapp.accounts.permissions import Permission, requires
from chatapp.accounts.person_request import PersonRequest
from chatapp.audit.models import Action, Entry
from chatapp.mcp.access_forms import BuiltInToolsForm, ServerToolsForm, anchor_of
from chatapp.mcp.health import check
from chatapp.mcp.models import Server
from chatapp.mcp.server_form import ServerForm
from chatapp.server.redirects import see_other
from chatapp.server.request_values import wants_json

CHECK_SECONDS = 20  # longer than a check takes; the platform ends a request after 30
BUILT_IN = "built-in"  # an id on the page, as each server has one
SERVERS = "servers"


managers_only = requires(Permission.MANAGE_TOOLS)


@managers_only
@require_safe
def tools(request: PersonRequest) -> HttpResponse:
    return _page(request)


@managers_only
@require_POST
def built_in(request: PersonRequest) -> HttpResponse:
    """Save what the built-in tools may do."""
    form = BuiltInToolsForm(request.POST)
    if not form.is_valid():
        return _page(request, built_in_form=form)
    form.save()
    _record_access(request, form, "")
    return _redirect(BUILT_IN, "saved")


@managers_only
@require_POST
def server_tools(request: PersonRequest, pk: int) -> HttpResponse:
    """Save what a server's tools may do, and whether they are on in new chats."""
    form = ServerToolsForm(get_object_or_404(Server, pk=pk), request.POST)
    if not form.is_valid():
        return _page(request, card=form)
    form.save()
    _record_access(request, form, form.server.name)
    return _redirect(anchor_of(pk), "saved")


@managers_only
@require_http_methods(["GET", "HEAD", "POST"])
async def add(request: PersonRequest) -> HttpResponse:
    """Add a server, and ask it for its tools at once. If it doesn't answer, ask whether to keep it.

    It is saved even so: the page never shows a token again, and the server may be down for now.
    """
    if request.method != "POST":
        return await _form(request, ServerForm())
    form = await sync_to_async(_save_form)(None, request.POST)
    if form.errors:
        return await _form(request, form)
    await sync_to_async(_record)(request, form.server.name, "added")
    await _check_again(form.server)
    return _redirect(
        anchor_of(form.server.pk), "added" if form.server.has_answered else "unreached"
    )


@managers_only
@require_http_methods(["GET", "HEAD", "POST"])
async def change(request: PersonRequest, pk: int) -> HttpResponse:
    if request.method != "POST":
        server = await sync_to_async(get_object_or_404)(Server, pk=pk)
        return await _form(request, ServerForm(server))
    form = await sync_to_async(_save_form)(pk, request.POST)
    if form.errors:
        return await _form(request, form)
    await sync_to_async(_record)(request, form.server.name, "changed")
    if form.server.checked_at is None:
        await _check_again(form.server)
        return _redirect(anchor_of(pk), "saved" if form.server.has_answered else "unreached")
    return _redirect(anchor_of(pk), "saved")


@managers_only
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask for confirmation, then remove the server. A second POST changes nothing."""
    if request.method == "POST":
        if server := Server.objects.filter(pk=pk).first():
            server.delete()
            _record(request, server.name, "removed")
        return _redirect(SERVERS, "removed")
    server = get_object_or_404(Server.objects.prefetch_related("tools"), pk=pk)
    return render(request, "mcp/remove.html", {"card": ServerToolsForm(server)})


@managers_only
@require_POST
async def check_now(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask a server for its tools. Scripts get its part of the page."""
    await _check(await sync_to_async(get_object_or_404)(Server, pk=pk))
    if not wants_json(request):
        return _redirect(anchor_of(pk), "checked")
    return await sync_to_async(_card)(request, pk)


@transaction.atomic
def _save_form(pk: int | None, data: QueryDict) -> ServerForm:
    """Save a valid form. Lock the row, or the changes of two tabs would mix."""
    rows = Server.objects.select_for_update()
    form = ServerForm(None if pk is None else get_object_or_404(rows, pk=pk), data)
    if form.is_valid():
        form.save()
    return form


async def _check(server: Server) -> None:
    """Check a server, or wait for the check that runs already. It continues when the browser
    leaves."""
    checking = background.spawn(_task(server), check(server))
    await background.release_connection()
    await asyncio.wait([checking], timeout=CHECK_SECONDS)


async def _check_again(server: Server) -> None:
    """Check a server whose address or token is new. A check that runs asks the former one."""
    if background.cancel(_task(server)) and (checking := background.find(_task(server))):
        await asyncio.wait([checking])
    await _check(server)


def _record_access(
    request: PersonRequest, form: BuiltInToolsForm | ServerToolsForm, name: str
) -> None:
    if form.changed_data:
        _record(request, name, "access", tools=form.chosen)


def _record(request: PersonRequest, name: str, change: str, **details: Any) -> None:
    """Record a change of a server by its name, or of the built-in tools, whose name is ""."""
    Entry.objects.record(
        Action.TOOL_SERVER_CHANGED,
        request.user,
        subject=name,
        request=request,
        change=change,
        **details,
    )


def _task(server: Server) -> str:
    return f"mcp-check:{server.pk}"


def _page(
    request: PersonRequest,
    built_in_form: BuiltInToolsForm | None = None,
    card: ServerToolsForm | None = None,
) -> HttpResponse:
    """Render the page, with the form that was refused, if any."""
    servers = Server.objects.prefetch_related("tools")
    cards = [
        card if card and card.server == server else ServerToolsForm(server) for server in servers
    ]
    context = {
        "built_in": built_in_form or BuiltInToolsForm(),
        "cards": cards,
        "anchor": request.GET.get("at", ""),
        "note": request.GET.get("note", ""),
    }
    refused = built_in_form or card
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "mcp/page.html", context, status=status)


def _card(request: PersonRequest, pk: int) -> HttpResponse:
    server = get_object_or_404(Server.objects.prefetch_related("tools"), pk=pk)
    return render(request, "mcp/_server.html", {"card": ServerToolsForm(server)})


async def _form(request: PersonRequest, form: ServerForm) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form}
    return await sync_to_async(render)(request, "mcp/server.html", context, status=status)


def _redirect(anchor: str, note: str) -> HttpResponse:
    """Lead back to the page, where a note confirms what was done."""
    return see_other(f"{reverse('tools')}?{urlencode({'at': anchor, 'note': note})}#{anchor}")
