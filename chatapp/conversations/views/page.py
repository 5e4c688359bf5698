"""The one page of the app: a conversation, or the empty composer."""

import uuid
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from chatapp.accounts.requests import PersonRequest
from chatapp.accounts.zones import zone_of
from chatapp.conversations.access import own_conversation
from chatapp.conversations.forms import default_model
from chatapp.conversations.history import (
    ConversationPage,
    MessagePage,
    conversation_page,
    message_page,
)
from chatapp.conversations.models import Conversation

PAGE = "conversations/page.html"


@require_safe
def home(request: PersonRequest) -> HttpResponse:
    return page(request, None)


@require_safe
def conversation(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    return page(request, own_conversation(request.user, conversation_id))


def page(
    request: PersonRequest,
    shown: Conversation | None,
    *,
    status: int = 200,
    before: int | None = None,
    sidebar_before: str = "",
    **composer: Any,
) -> HttpResponse:
    """Renders the page; `composer` carries over what a refused send had in it.

    `before` and `sidebar_before` choose an earlier page of either list.
    """
    with timezone.override(zone_of(request)):
        history = message_page(shown, before) if shown else MessagePage([], "")
        sidebar = conversation_page(request.user, sidebar_before)
        context = _context(shown, history, sidebar, composer)
        return render(request, PAGE, context, status=status)


def _context(
    shown: Conversation | None,
    history: MessagePage,
    sidebar: ConversationPage,
    composer: dict[str, Any],
) -> dict[str, Any]:
    conversation_id = shown.pk if shown else uuid.uuid4()
    model_id = shown.offered_model if shown else default_model()
    return {
        "conversation": shown,
        "messages": history.messages,
        "older_url": history.older_url,
        "running": any(message.is_running for message in history.messages),
        "sidebar": sidebar.groups,
        "sidebar_more_url": sidebar.more_url,
        "models": settings.CATALOG.values(),
        "model_id": composer.get("model_id") or model_id,
        "service": settings.SERVICE,
        "limits": {
            "max_characters": settings.MAX_MESSAGE_CHARACTERS,
            "max_pictures": settings.MAX_PICTURES_PER_MESSAGE,
        },
        "composer": {
            "action": reverse("messages", args=[conversation_id]),
            "conversation_id": conversation_id,
            "client_id": uuid.uuid4(),
            "text": "",
            "error": "",
            **composer,
        },
    }
