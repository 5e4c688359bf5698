"""/tools/: what tools may do, and MCP servers, for the owner of the house only."""

import asyncio
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chatapp import background
from chatapp.accounts.requests import PersonRequest
from chatapp.connectors.access_forms import OwnToolsForm, ServerToolsForm, place_of
from chatapp.connectors.checking import check
from chatapp.connectors.forms import ServerForm
from chatapp.connectors.models import Server
from chatapp.server.requests import wants_json

CHECK_SECONDS = 20  # longer than a check takes; the platform cuts a request after 30
BUILT_IN = "built-in"  # a place on the page, as a server has one too
SERVERS = "servers"


def owner_only(view: Callable[..., Any]) -> Callable[..., Any]:
    """For everybody else there is nothing at this address, whatever the method."""

    @wraps(view)
    def guarded(request: PersonRequest, *args: Any, **named: Any) -> Any:
        if not request.user.is_owner:
            raise Http404
        return view(request, *args, **named)

    return markcoroutinefunction(guarded) if iscoroutinefunction(view) else guarded


@owner_only
@require_safe
def tools(request: PersonRequest) -> HttpResponse:
    return _page(request)


@owner_only
@require_POST
def built_in(request: PersonRequest) -> HttpResponse:
    """How far the app's own tools may go."""
    form = OwnToolsForm(request.POST)
    if not form.is_valid():
        return _page(request, own=form)
    form.save()
    return _see(BUILT_IN, "saved")


@owner_only
@require_POST
def server_tools(request: PersonRequest, pk: int) -> HttpResponse:
    """How far a server's tools may go, and whether they are on in new chats."""
    form = ServerToolsForm(get_object_or_404(Server, pk=pk), request.POST)
    if not form.is_valid():
        return _page(request, of_server=form)
    form.save()
    return _see(place_of(pk), "saved")


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
async def add(request: PersonRequest) -> HttpResponse:
    """A new server is asked at once for its tools."""
    if request.method != "POST":
        return await _form(request, ServerForm())
    form = await sync_to_async(_filled_in)(None, request.POST)
    if form.errors:
        return await _form(request, form)
    await _ask_anew(form.server)
    return _see(place_of(form.server.pk), "added")


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
async def change(request: PersonRequest, pk: int) -> HttpResponse:
    if request.method != "POST":
        server = await sync_to_async(get_object_or_404)(Server, pk=pk)
        return await _form(request, ServerForm(server))
    form = await sync_to_async(_filled_in)(pk, request.POST)
    if form.errors:
        return await _form(request, form)
    if form.server.checked_at is None:
        await _ask_anew(form.server)
    return _see(place_of(pk), "saved")


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PersonRequest, pk: int) -> HttpResponse:
    """Asks whether it is meant; twice said is once done."""
    if request.method == "POST":
        Server.objects.filter(pk=pk).delete()
        return _see(SERVERS, "removed")
    server = get_object_or_404(Server.objects.prefetch_related("tools"), pk=pk)
    return render(request, "connectors/remove.html", {"card": ServerToolsForm(server)})


@owner_only
@require_POST
async def check_now(request: PersonRequest, pk: int) -> HttpResponse:
    """Asks a server for its tools; scripts get its part of the page."""
    await _ask(await sync_to_async(get_object_or_404)(Server, pk=pk))
    if not wants_json(request):
        return _see(place_of(pk), "checked")
    return await sync_to_async(_card)(request, pk)


@transaction.atomic
def _filled_in(pk: int | None, data: QueryDict) -> ServerForm:
    """A form, saved when it is valid. The row is locked, or what two tabs write would mix."""
    rows = Server.objects.select_for_update()
    form = ServerForm(None if pk is None else get_object_or_404(rows, pk=pk), data)
    if form.is_valid():
        form.save()
    return form


async def _ask(server: Server) -> None:
    """Whoever asks while somebody asks already waits for the same answer. Who goes away stops
    nothing."""
    asking = background.spawn(_task(server), check(server))
    await background.give_back_connection()
    await asyncio.wait([asking], timeout=CHECK_SECONDS)


async def _ask_anew(server: Server) -> None:
    """What is asked for right now is asked at the former address."""
    if background.cancel(_task(server)) and (asking := background.find(_task(server))):
        await asyncio.wait([asking])
    await _ask(server)


def _task(server: Server) -> str:
    return f"connectors:{server.pk}"


def _page(
    request: PersonRequest,
    own: OwnToolsForm | None = None,
    of_server: ServerToolsForm | None = None,
) -> HttpResponse:
    """The page; with the form that was not accepted, if any."""
    servers = Server.objects.prefetch_related("tools")
    cards = [
        of_server if of_server and of_server.server == server else ServerToolsForm(server)
        for server in servers
    ]
    context = {
        "own": own or OwnToolsForm(),
        "cards": cards,
        "place": request.GET.get("at", ""),
        "note": request.GET.get("note", ""),
    }
    refused = own or of_server
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "connectors/page.html", context, status=status)


def _card(request: PersonRequest, pk: int) -> HttpResponse:
    server = get_object_or_404(Server.objects.prefetch_related("tools"), pk=pk)
    return render(request, "connectors/_server.html", {"card": ServerToolsForm(server)})


async def _form(request: PersonRequest, form: ServerForm) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form}
    return await sync_to_async(render)(request, "connectors/server.html", context, status=status)


def _see(place: str, note: str) -> HttpResponse:
    """Back to the page, where a note says what was done."""
    response = redirect(f"{reverse('tools')}?{urlencode({'at': place, 'note': note})}#{place}")
    response.status_code = HTTPStatus.SEE_OTHER
    return response
