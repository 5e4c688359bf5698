"""/c/<id>/messages/<id>/version-…: deleting one of several versions, and undoing that."""

from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.views.answers import done
from chatapp.chat.views.shielding import shielded
from chatapp.chat.views.version_refusals import REFUSALS, refuse
from chatapp.conversations.access import own_version
from chatapp.conversations.events import undo_html
from chatapp.replies import commands
from chatapp.server.request_values import read_uuid, wants_json


@require_POST
async def deletion(request: PersonRequest, conversation_id: UUID, message_id: UUID) -> HttpResponse:
    """Delete a version; a page that shows anything else than it knows deletes nothing."""
    message = await sync_to_async(own_version)(request.user, conversation_id, message_id)
    head = read_uuid(request.POST.get("head", ""))
    try:
        await shielded(f"delete:{message.pk}", commands.delete_version(message, head), *REFUSALS)
    except tuple(REFUSALS) as refused:
        return await sync_to_async(refuse)(request, message.conversation, refused, can_stop=False)
    if not wants_json(request):
        return done(request, f"{message.conversation.get_absolute_url()}?deleted={message.pk}")
    html = await sync_to_async(undo_html)(message)
    return JsonResponse({"message": message.pk, "html": html})


@require_POST
async def restoration(
    request: PersonRequest, conversation_id: UUID, message_id: UUID
) -> HttpResponse:
    """Bring a deleted version back, and show it."""
    message = await sync_to_async(own_version)(request.user, conversation_id, message_id)
    try:
        await shielded(f"restore:{message.pk}", commands.restore_version(message), *REFUSALS)
    except tuple(REFUSALS) as refused:
        return await sync_to_async(refuse)(request, message.conversation, refused, can_stop=False)
    return done(request, f"{message.conversation.get_absolute_url()}#message-{message.pk}")
