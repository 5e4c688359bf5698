"""/c/<id>/replies/<id>/…: what a person may do with a reply, and where it stands."""

import asyncio
from collections.abc import Coroutine
from http import HTTPStatus
from typing import Any
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
    new = await _shielded(f"retry:{reply.pk}", _retry(reply))
    replaces = reply.pk if new.pk != reply.pk else None
    return await _show(request, new, HTTPStatus.CREATED, replaces)


@require_POST
async def continuation(
    request: PersonRequest, conversation_id: UUID, reply_id: UUID
) -> HttpResponse:
    """Goes on with a reply that ended too early, after its text."""
    reply = await sync_to_async(own_reply)(request.user, conversation_id, reply_id)
    await _shielded(f"continue:{reply.pk}", _continue(reply))
    return await _show(request, reply, HTTPStatus.OK)


@require_POST
def omission(request: PersonRequest, conversation_id: UUID, reply_id: UUID) -> HttpResponse:
    """Hides an exchange that a content filter refused from the model, or shows it again.

    Field `scope`: "turn", "earlier" for all that stands before it, "none" to undo the first.
    """
    reply = own_reply(request.user, conversation_id, reply_id)
    if request.POST.get("scope") == "earlier":
        reply.leave_out_earlier()
    else:
        reply.leave_out(request.POST.get("scope") != "none")
    pair = reply.conversation.messages.filter(pk__in=[reply.pk, reply.parent_id])
    for message in pair.select_related("conversation").prefetch_related("attachments__image"):
        events.message_changed(message)
    return done(request, reply.conversation.get_absolute_url())


async def _shielded(name: str, work: Coroutine[Any, Any, Message]) -> Message:
    """Goes on when the browser hangs up in between, like a send."""
    return await asyncio.shield(background.spawn(name, work))


async def _show(
    request: PersonRequest, reply: Message, status: int, replaces: UUID | None = None
) -> HttpResponse:
    if not wants_json(request):
        return done(request, reply.conversation.get_absolute_url())
    html = await sync_to_async(events.message_html)(reply)
    return JsonResponse({"html": html, "replaces": replaces}, status=status)


async def _retry(reply: Message) -> Message:
    new = await background.in_thread(reply.retry)
    if new.pk != reply.pk and new.status == Message.Status.QUEUED:
        await background.in_thread(events.reply_replaced, reply, new)
        generation.start(new)
    return new


async def _continue(reply: Message) -> Message:
    if await background.in_thread(reply.resume):
        await background.in_thread(events.reply_resumed, reply)
        generation.start(reply)
    return reply
