"""/c/<id>/restoration: a conversation comes back from the trash."""

from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from chatapp.accounts.models import Person
from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.views.answers import done
from chatapp.chat.views.page import page
from chatapp.chat.views.shielding import shielded
from chatapp.conversations.access import own_conversation, trashed
from chatapp.conversations.models import Conversation
from chatapp.replies import trashing
from chatapp.server.request_values import wants_json


@require_POST
async def restoration(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    """Take a conversation out of the trash; a stale tab may ask for one that isn't there.

    Without scripts the button may be that of the message box: then the text stays in it.
    """
    conversation = await sync_to_async(_own)(request.user, conversation_id)
    work = trashing.restore(request.user, [conversation])
    await shielded(f"restoration:{conversation_id}", work)
    text = request.POST.get("text", "")
    if text and not wants_json(request):
        return await sync_to_async(page)(request, conversation, text=text)
    return done(request, conversation.get_absolute_url())


def restore_button(person: Person, conversation_id: UUID) -> SafeString:
    """Return what helps when a message wasn't sent because its conversation is in the trash."""
    if not trashed(person, conversation_id):
        return SafeString()
    context = {"conversation_id": conversation_id}
    return render_to_string("sidebar/_restore_button.html", context)


def _own(person: Person, conversation_id: UUID) -> Conversation:
    return trashed(person, conversation_id) or own_conversation(person, conversation_id)
