"""/c/<id>/messages/<id>/branch: a new conversation that begins like this one."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.views.answers import done
from chatapp.chat.views.version_refusals import REFUSALS, refuse, refuse_values
from chatapp.conversations import events
from chatapp.conversations.access import own_message
from chatapp.conversations.models import branch_off
from chatapp.server.request_values import read_uuid, wants_json


@require_POST
def branch(request: PersonRequest, conversation_id: UUID, message_id: UUID) -> HttpResponse:
    """Copy the branch up to a message into a new conversation, whose id the page has made."""
    message = own_message(request.user, conversation_id, message_id)
    new_id = read_uuid(request.POST.get("conversation", ""))
    if new_id is None:
        sentence = _("This page was out of date. Try again.")
        return refuse_values(request, message.conversation, sentence)
    try:
        new, created = branch_off(message, new_id)
    except tuple(REFUSALS) as refused:
        return refuse(request, message.conversation, refused, can_stop=False)
    if created:
        events.conversation_begun(new)
    if wants_json(request):
        status = HTTPStatus.CREATED if created else HTTPStatus.OK
        return JsonResponse({"url": new.get_absolute_url()}, status=status)
    return done(request, new.get_absolute_url())
