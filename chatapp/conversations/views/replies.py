"""/c/<id>/replies/<id>/…: what a person may do with a reply, and where it stands."""

import asyncio
from http import HTTPStatus
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from chatapp import background
from chatapp.accounts.requests import PersonRequest, wants_json
from chatapp.conversations import events, generation, live
from chatapp.conversations.access import own_reply
from chatapp.conversations.models import Message
from chatapp.conversations.views.answers import done


@require_safe
async def state(request: PersonRequest, conversation_id: UUID, reply_id: UUID) -> HttpResponse:
    """Text and position of one instant: from memory while it runs here, else from its row."""
    reply = await sync_to_async(own_reply)(request.user, conversation_id, reply_id)
    if running := live.find(reply_id):
        running.state.show_in(reply)
    elif reply.is_running:
        live.saved_state(reply).show_in(reply)
    return JsonResponse(
        {
            "reply": reply.pk,
            "attempt": reply.attempt,
            "sequence": reply.sequence,
            "status": reply.status,
            "running": reply.is_running,
            "text": reply.text,
            "html": await sync_to_async(events.message_html)(reply),
        }
    )


@require_POST
async def stop(request: PersonRequest, conversation_id: UUID, reply_id: UUID) -> HttpResponse:
    reply = await sync_to_async(own_reply)(request.user, conversation_id, reply_id)
    await generation.stop(reply)
    return done(request, reply.conversation.get_absolute_url())


@require_POST
async def retry(request: PersonRequest, conversation_id: UUID, reply_id: UUID) -> HttpResponse:
    """Puts a new reply in the place of one that failed or was stopped."""
    reply = await sync_to_async(own_reply)(request.user, conversation_id, reply_id)
    new = await _retry_and_start(reply)
    if not wants_json(request):
        return done(request, reply.conversation.get_absolute_url())
    html = await sync_to_async(events.message_html)(new)
    return JsonResponse({"messages": html, "replaces": reply.pk}, status=HTTPStatus.CREATED)


async def _retry_and_start(reply: Message) -> Message:
    """Shielded from the browser hanging up, like a send."""
    return await asyncio.shield(background.spawn(f"retry:{reply.pk}", _retry(reply)))


async def _retry(reply: Message) -> Message:
    new = await background.in_thread(reply.retry)
    if new.pk != reply.pk and new.status == Message.Status.QUEUED:
        await background.in_thread(events.reply_replaced, reply, new)
        generation.start(new)
    return new
