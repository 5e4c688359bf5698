"""The list of conversations, and renaming and deleting one."""

from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chatapp import background
from chatapp.accounts.person_request import PersonRequest
from chatapp.accounts.time_zones import zone_of
from chatapp.chat.views.answers import done, error
from chatapp.chat.views.page import page
from chatapp.chat.views.shielding import shielded
from chatapp.conversations import events, removal
from chatapp.conversations.access import own_conversation
from chatapp.conversations.history import conversation_page
from chatapp.conversations.models import Conversation
from chatapp.replies import stopping
from chatapp.server.request_values import wants_json


@require_safe
def conversations(request: PersonRequest) -> HttpResponse:
    """Show one more page of the sidebar; without scripts, inside the whole page."""
    if not wants_json(request):
        return page(request, None, sidebar_before=request.GET.get("before", ""))
    with timezone.override(zone_of(request)):
        found = conversation_page(request.user, request.GET.get("before", ""))
    context = {"groups": found.groups, "more_url": found.more_url}
    return render(request, "sidebar/_conversation_groups.html", context)


@require_POST
def title(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    conversation = own_conversation(request.user, conversation_id)
    wanted = request.POST.get("title", "").strip()
    if not wanted:
        return error(_("Enter a title."), 422)
    conversation.rename(wanted)
    events.conversation_changed(conversation)
    return done(request, conversation.get_absolute_url())


@require_POST
async def deletion(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    """Delete a conversation for good, with a reply that runs; its rows are removed later."""
    conversation = await sync_to_async(own_conversation)(request.user, conversation_id)
    await shielded(f"deletion:{conversation_id}", _delete(conversation))
    return done(request, "/")


async def _delete(conversation: Conversation) -> None:
    stopping.end_streams(await background.in_thread(removal.delete, conversation))
    removal.start()
    events.conversation_deleted(conversation.owner_id, conversation.pk)
