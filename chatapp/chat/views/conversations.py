"""The list of conversations, and renaming and deleting one."""

from contextlib import suppress
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chatapp.accounts.person_request import PersonRequest
from chatapp.accounts.time_zones import zone_of
from chatapp.chat.views.answers import done, error
from chatapp.chat.views.page import page
from chatapp.conversations import events, housekeeping
from chatapp.conversations.access import own_conversation
from chatapp.conversations.history import conversation_page
from chatapp.replies import stopping
from chatapp.server.database_errors import DatabaseFull
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
    """Delete a conversation for good; a running reply is stopped first."""
    conversation = await sync_to_async(own_conversation)(request.user, conversation_id)
    async for reply in conversation.messages.running().select_related("conversation"):
        # Deleting is how space is freed in a full database; the reply then ends by itself.
        with suppress(DatabaseFull):
            await stopping.stop(reply)
    await sync_to_async(conversation.delete)()
    housekeeping.collect_soon(request.user)
    events.conversation_deleted(request.user.pk, conversation_id)
    return done(request, "/")
