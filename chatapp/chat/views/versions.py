"""What a person can do with any message: its menu, its versions, and another reply to it."""

import uuid
from http import HTTPStatus
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.forms.regeneration import RegenerationForm
from chatapp.chat.views.answers import done
from chatapp.chat.views.replies import show
from chatapp.chat.views.shielding import shielded
from chatapp.chat.views.version_refusals import REFUSALS, refuse, refuse_values
from chatapp.conversations.access import own_message, own_reply
from chatapp.conversations.models import Effort, Variation
from chatapp.conversations.models.model_choice import models_for
from chatapp.inference.model_names import is_same_model
from chatapp.replies import commands
from chatapp.retirement import offers
from chatapp.server.request_values import wants_json


@require_safe
def menu(request: PersonRequest, conversation_id: UUID, message_id: UUID) -> HttpResponse:
    """Show what can be done with a message; for scripts only the menu itself."""
    message = own_message(request.user, conversation_id, message_id)
    context = {
        "message": message,
        "conversation": message.conversation,
        "version": uuid.uuid4(),
        "head": message.conversation.branch.values_list("pk", flat=True).last(),
        "new_conversation": uuid.uuid4(),
        "models": [
            model
            for model in models_for(request.user).values()
            if not is_same_model(model.id, message.model)
        ],
        "efforts": Effort.choices if _can_think(message.model) else [],
        "variations": Variation.choices,
    }
    template = "messages/_menu.html" if wants_json(request) else "messages/menu.html"
    return render(request, template, context)


@require_POST
async def shown(request: PersonRequest, conversation_id: UUID, message_id: UUID) -> HttpResponse:
    """Show the branch that a message lies on."""
    message = await sync_to_async(own_message)(request.user, conversation_id, message_id)
    await shielded(f"show:{message.pk}", commands.show(message))
    return done(request, f"{message.conversation.get_absolute_url()}#message-{message.pk}")


@require_POST
async def regeneration(
    request: PersonRequest, conversation_id: UUID, reply_id: UUID
) -> HttpResponse:
    """Make another version of a reply."""
    reply = await sync_to_async(own_reply)(request.user, conversation_id, reply_id)
    form = RegenerationForm(reply, request.POST)
    if not form.is_valid():
        return await sync_to_async(refuse_values)(request, reply.conversation, form.sentence)
    try:
        if form.cleaned_data["stop"]:
            await commands.stop_head(reply, form.wanted.head)
        new = await shielded(
            f"regenerate:{reply.pk}:{form.wanted.client_id}",
            commands.regenerate(reply, form.wanted),
            *REFUSALS,
        )
    except tuple(REFUSALS) as refused:
        return await sync_to_async(refuse)(request, reply.conversation, refused, can_stop=True)
    return await show(request, reply, new, HTTPStatus.CREATED)


def _can_think(model_id: str) -> bool:
    model = offers.find(model_id)
    return bool(model and model.thinking)
