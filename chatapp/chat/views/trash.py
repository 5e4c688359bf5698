"""Deleting chats, /trash/, and deleting for good."""

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID, uuid4

from asgiref.sync import sync_to_async
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chatapp.accounts.models import Person
from chatapp.accounts.person_request import PersonRequest
from chatapp.audit.models import Action, Entry
from chatapp.chat.views.answers import done, error
from chatapp.chat.views.shielding import shielded
from chatapp.conversations.access import own_conversation, own_trashed, trashed
from chatapp.conversations.models import Conversation
from chatapp.conversations.put_away import days_left, trash_page
from chatapp.projects import trash as project_trash
from chatapp.projects.models import Project
from chatapp.replies import trashing
from chatapp.server.database_errors import DatabaseFull
from chatapp.server.request_values import read_uuid, wants_json

TRASH = "/trash/"
MAX_PROJECTS = 100  # in the list: who makes and deletes thousands doesn't need to see them


@require_safe
def trash(request: PersonRequest) -> HttpResponse:
    """Show the trash page by page; to scripts, only the list."""
    now = timezone.now()
    before = request.GET.get("before", "")
    found = trash_page(request.user, now, before)
    projects = [] if before else _trashed_projects(request.user, now)
    context = {
        "conversations": found.conversations,
        "more_url": found.more_url,
        "now": now.isoformat(),
        "deleted": _just_deleted(request.user, request.GET.get("deleted", "")),
        "trashed_projects": projects[:MAX_PROJECTS],
        "has_older_projects": len(projects) > MAX_PROJECTS,
    }
    name = "_trash" if wants_json(request) else "trash"
    return render(request, f"sidebar/{name}.html", context)


def _trashed_projects(person: Person, now: datetime) -> list[tuple[Project, int]]:
    """Return the projects in the trash, the newest and one more than are shown, and how many days
    each stays there."""
    rows = project_trash.of_person(person).only("name", "trashed_at")[: MAX_PROJECTS + 1]
    return [(each, days_left(each.trashed_at or now, now)) for each in rows]


def _just_deleted(person: Person, deleted: str) -> Conversation | None:
    """Return the conversation whose deletion led to this page, without scripts."""
    key = read_uuid(deleted)
    return trashed(person, key) if key else None


@require_POST
async def deletion(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    """Move a conversation to the trash, with a reply that runs; a full database first asks."""
    conversation = await sync_to_async(own_conversation)(request.user, conversation_id)
    return await put_in_trash(
        request, [conversation], f"{TRASH}?deleted={conversation_id}", f"deletion:{conversation_id}"
    )


async def put_in_trash(
    request: PersonRequest, conversations: Sequence[Conversation], then: str, name: str
) -> HttpResponse:
    """Move conversations to the trash. A full database can't note that, so it asks whether to
    delete them for good, which frees space there; `for_good` is the person's answer."""
    if request.POST.get("for_good"):
        for conversation in conversations:
            await shielded(f"removal:{conversation.pk}", trashing.delete(conversation))
        await _record(request, len(conversations))
        return done(request, "/")
    undo = read_uuid(request.POST.get("undo", "")) or uuid4()
    try:
        await shielded(name, trashing.trash(conversations, undo), DatabaseFull)
    except DatabaseFull:
        return await sync_to_async(_ask_for_good)(request, len(conversations))
    return done(request, then)


def _ask_for_good(request: PersonRequest, count: int) -> HttpResponse:
    own = ("csrfmiddlewaretoken", "for_good")
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in own
    ]
    context = {"count": count, "action": request.path, "fields": fields}
    status = HTTPStatus.INSUFFICIENT_STORAGE
    if not wants_json(request):
        return render(request, "sidebar/full.html", context, status=status)
    html = render_to_string("sidebar/_full.html", context, request)
    return JsonResponse({"error": _("The database is full."), "html": html}, status=status)


@require_POST
async def removal(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    """Delete a conversation in the trash for good."""
    conversation = await sync_to_async(own_trashed)(request.user, conversation_id)
    await shielded(f"removal:{conversation_id}", trashing.delete(conversation))
    await _record(request, 1)
    return done(request, TRASH)


@require_POST
async def emptying(request: PersonRequest) -> HttpResponse:
    """Delete for good what the trash contained when the person's page was made."""
    until = _moment(request.POST.get("until", ""))
    if until is None:
        return error(_("Reload the page, then empty the trash."), HTTPStatus.UNPROCESSABLE_ENTITY)
    until = min(until, timezone.now())
    await sync_to_async(_remove_projects)(request.user, until)
    work = trashing.empty(request.user, until)
    await _record(request, await shielded(f"emptying:{request.user.pk}", work))
    return done(request, TRASH)


def _remove_projects(person: Person, until: datetime) -> None:
    project_trash.remove(project_trash.of_person(person, until))


async def _record(request: PersonRequest, count: int) -> None:
    if count:
        await sync_to_async(Entry.objects.record)(
            Action.DELETED_FOR_GOOD, request.user, request=request, count=count
        )


def show_trashed(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    """Show, in place of a conversation in the trash, how to restore it. Raises Http404."""
    conversation = own_trashed(request.user, conversation_id)
    if wants_json(request):
        raise Http404
    context = {"conversation": conversation}
    return render(request, "sidebar/trashed.html", context, status=HTTPStatus.NOT_FOUND)


def _moment(text: str) -> datetime | None:
    """Return a time as the page has it; None for anything else, such as a day before all others."""
    try:
        moment = parse_datetime(text)
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
