"""/c/<id>/messages/<id>/edit: a message of one's own, to be written differently."""

import uuid
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.message_limits import limits
from chatapp.chat.views.answers import refusal
from chatapp.chat.views.messages import accept, checked_form
from chatapp.chat.views.shielding import shielded
from chatapp.chat.views.version_refusals import CAN_STOP, REFUSALS, refuse
from chatapp.conversations.access import own_message
from chatapp.conversations.models import ATTACHED, Attachment, ConversationContinued, Message
from chatapp.replies import commands
from chatapp.server.request_values import wants_json

# On the page that shows the text again.
MOVED = _("This conversation changed in another tab. Your text is kept; send it again if it fits.")


@require_http_methods(["GET", "HEAD", "POST"])
async def edit(request: PersonRequest, conversation_id: UUID, message_id: UUID) -> HttpResponse:
    """Show the form, or send what was edited as a new version of the message."""
    message = await sync_to_async(_own)(request.user, conversation_id, message_id)
    if request.method != "POST" or "earlier" in request.POST:
        return await sync_to_async(_page)(request, message)
    form = await sync_to_async(checked_form)(request, conversation_id)
    if form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if wants_json(request):
            return refusal(form.sentence, form, status)
        return await sync_to_async(_page)(request, message, status, error=form.sentence)
    new = replace(form.message, replaces=message.pk)
    try:
        if request.POST.get("stop"):
            await commands.stop_head(message, form.message.parent)
        exchange, html = await shielded(
            f"{commands.SENDING}{request.user.pk}:{new.client_id}",
            commands.send(request.user, new),
            *REFUSALS,
        )
    except tuple(REFUSALS) as refused:
        return await sync_to_async(_refuse)(request, message, refused)
    return accept(request, exchange, html)


def _own(person: Any, conversation_id: UUID, message_id: UUID) -> Message:
    """Return a message that a person wrote; a model's isn't found."""
    message = own_message(person, conversation_id, message_id)
    if message.role != Message.Role.USER:
        raise Http404
    prefetch_related_objects([message], *ATTACHED)
    return message


def _refuse(request: PersonRequest, message: Message, refused: Exception) -> HttpResponse:
    """Refuse an edit; without scripts show the form again, with everything that was typed."""
    if wants_json(request):
        return refuse(request, message.conversation, refused, can_stop=True)
    status, _reason, sentence = REFUSALS[type(refused)]
    sentence %= {"why": refused}
    if isinstance(refused, ConversationContinued):
        sentence = MOVED
    return _page(
        request, message, status, error=sentence, asks_to_stop=isinstance(refused, CAN_STOP)
    )


def _page(
    request: PersonRequest, message: Message, status: int = HTTPStatus.OK, **shown: Any
) -> HttpResponse:
    """Show the form, as it was posted; for scripts only the form itself."""
    posted = request.method == "POST"
    in_place = wants_json(request)
    context = {
        "message": message,
        "conversation": message.conversation,
        "head": message.conversation.branch.values_list("pk", flat=True).last(),
        "client_id": uuid.uuid4(),
        "text": request.POST.get("text", "") if posted else message.text,
        "images": _images(request, message) if posted else _all(message),
        "in_place": in_place,
        "limits": limits(),
        **shown,
    }
    template = "messages/_edit_form.html" if in_place else "messages/edit.html"
    return render(request, template, context, status=status)


def _all(message: Message) -> list[tuple[Attachment, bool]]:
    return [(attachment, True) for attachment in message.shown_attachments]


def _images(request: PersonRequest, message: Message) -> list[tuple[Attachment, bool]]:
    """Return what is attached in the order in which it was posted, then what doesn't stay.

    The one whose button was pressed comes one place earlier.
    """
    fields = ("image", "document", "link")
    kept = [source for field in fields for source in request.POST.getlist(field)]
    moved = request.POST.get("earlier")
    if moved in kept and kept.index(moved) > 0:
        at = kept.index(moved)
        kept[at - 1 : at + 1] = [moved, kept[at - 1]]
    by_source = {attachment.source: attachment for attachment in message.shown_attachments}
    rest = [each for source, each in by_source.items() if source not in kept]
    return [
        *((by_source[source], True) for source in dict.fromkeys(kept) if source in by_source),
        *((attachment, False) for attachment in rest),
    ]
