"""/c/<id>/messages/<id>/branch: a new conversation that begins like this one."""

from http import HTTPStatus
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.views.answers import done
from chatapp.chat.views.shielding import shielded
from chatapp.chat.views.version_refusals import REFUSALS, refuse, refuse_values
from chatapp.conversations.access import own_message
from chatapp.replies import commands
from chatapp.server.request_values import read_uuid, wants_json


@require_POST
async def branch(request: PersonRequest, conversation_id: UUID, message_id: UUID) -> HttpResponse:
    """Copy the branch up to a message into a new conversation, whose id the page has made."""
    message = await sync_to_async(own_message)(request.user, conversation_id, message_id)
    new_id = read_uuid(request.POST.get("conversation", ""))
    if new_id is None:
        sentence = _("This page was out of date. Try again.")
        return await sync_to_async(refuse_values)(request, message.conversation, sentence)
    try:
        new = await shielded(
            f"branch:{message.pk}:{new_id}", commands.branch_off(message, new_id), *REFUSALS
        )
    except tuple(REFUSALS) as refused:
        return await sync_to_async(refuse)(request, message.conversation, refused, can_stop=False)
    if wants_json(request):
        return JsonResponse({"url": new.get_absolute_url()}, status=HTTPStatus.CREATED)
    return done(request, new.get_absolute_url())
