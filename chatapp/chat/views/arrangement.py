"""Pinning, archiving and seeing a chat, several chats at once, and /archive/."""

from http import HTTPStatus
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chatapp.accounts.models import Person
from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.views.answers import done, error
from chatapp.chat.views.shielding import shielded
from chatapp.chat.views.trash import TRASH, put_in_trash
from chatapp.conversations import sidebar_events
from chatapp.conversations.access import own_conversation
from chatapp.conversations.models import Conversation, arrangement
from chatapp.conversations.put_away import archive_page
from chatapp.replies import trashing
from chatapp.server.request_values import read_uuid, wants_json

MAX_AT_ONCE = 200  # conversations in one request
ARCHIVE = {"archive": arrangement.archive, "unarchive": arrangement.unarchive}


@require_safe
def archive_list(request: PersonRequest) -> HttpResponse:
    """Show the archive page by page; to scripts, only the list."""
    found = archive_page(request.user, request.GET.get("before", ""))
    context = {"conversations": found.conversations, "more_url": found.more_url}
    name = "_archive" if wants_json(request) else "archive"
    return render(request, f"sidebar/{name}.html", context)


@require_POST
def pin(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    """Pin a conversation, or with an empty `on` unpin it."""
    conversation = own_conversation(request.user, conversation_id)
    try:
        act = arrangement.pin if request.POST.get("on") else arrangement.unpin
        is_changed = act(conversation)
    except arrangement.TooManyPinned:
        sentence = _("You can pin up to %(count)s chats. Unpin one first.")
        sentence %= {"count": arrangement.MAX_PINNED}
        return error(sentence, HTTPStatus.UNPROCESSABLE_ENTITY)
    if is_changed:
        sidebar_events.sidebar_changed(request.user.pk)
    return done(request, conversation.get_absolute_url())


@require_POST
def archive(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    """Archive a conversation, or with an empty `on` take it back."""
    conversation = own_conversation(request.user, conversation_id)
    act = arrangement.archive if request.POST.get("on") else arrangement.unarchive
    if act(conversation):
        sidebar_events.sidebar_changed(request.user.pk)
    is_from_list = request.POST.get("from") == "archive"
    return done(request, reverse("archive") if is_from_list else conversation.get_absolute_url())


@require_POST
def seen(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    """Note that the person has seen the last reply."""
    conversation = own_conversation(request.user, conversation_id)
    if arrangement.see(conversation):
        sidebar_events.conversation_seen(request.user.pk, conversation.pk)
    return done(request, conversation.get_absolute_url())


@require_POST
async def batch(request: PersonRequest) -> HttpResponse:
    """Archive, take back, delete or restore several conversations of the person.

    Those that somebody else owns, or that another tab has deleted, are left out.
    """
    keys = {key for text in request.POST.getlist("conversation") if (key := read_uuid(text))}
    action = request.POST.get("action", "")
    if len(keys) > MAX_AT_ONCE:
        sentence = _("You can choose up to %(count)s chats at once.") % {"count": MAX_AT_ONCE}
        return error(sentence, HTTPStatus.UNPROCESSABLE_ENTITY)
    own = await sync_to_async(_own)(request.user, keys)
    if action == "delete":
        name = f"deletion:{request.user.pk}:{hash(frozenset(keys))}"
        return await put_in_trash(request, own, TRASH, name)
    if action == "restore":
        work = trashing.restore(request.user, own)
        await shielded(f"restoration:{request.user.pk}:{hash(frozenset(keys))}", work)
    elif action in ARCHIVE:
        await sync_to_async(_arrange)(request.user, own, action)
    else:
        return error(_("We couldn't read that request"), HTTPStatus.UNPROCESSABLE_ENTITY)
    return done(request, "/")


def _own(person: Person, keys: set[UUID]) -> list[Conversation]:
    rows = Conversation.objects.filter(owner=person, deleted_at=None)
    return list(rows.filter(pk__in=keys))


def _arrange(person: Person, conversations: list[Conversation], action: str) -> None:
    changed = [ARCHIVE[action](conversation) for conversation in conversations]
    if any(changed):
        sidebar_events.sidebar_changed(person.pk)
