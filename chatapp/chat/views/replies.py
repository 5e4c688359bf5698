"""/c/<id>/replies/<id>/…: what a person may do with a reply, and where it stands."""

import asyncio
from collections.abc import Coroutine
from http import HTTPStatus
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db.models import prefetch_related_objects
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chatapp import background
from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.views.answers import done, error
from chatapp.conversations import events
from chatapp.conversations.access import own_reply
from chatapp.conversations.message_html import message_html, reported
from chatapp.conversations.models import Message
from chatapp.replies import generation, live, stopping
from chatapp.replies.state import saved_state
from chatapp.server.request_values import wants_json


@require_safe
async def state(request: PersonRequest, conversation_id: UUID, reply_id: UUID) -> HttpResponse:
    """Text and position of one instant: from memory while it runs here, else from its row."""
    reply = await sync_to_async(own_reply)(request.user, conversation_id, reply_id)
    running = live.find(reply_id)
    # One that was overtaken by another process notices in a moment.
    if running and running.reply.attempt >= reply.attempt and reply.is_running:
        running.state.show_in(reply)
    elif reply.is_running:
        await sync_to_async(_show_saved)(reply)
    return JsonResponse(
        {
            "reply": reply.pk,
            "attempt": reply.attempt,
            "sequence": reply.sequence,
            "status": reply.status,
            "running": reply.is_running,
            "text": reply.text,
            "html": await sync_to_async(message_html)(reply),
        }
    )


@require_POST
async def stop(request: PersonRequest, conversation_id: UUID, reply_id: UUID) -> HttpResponse:
    reply = await sync_to_async(own_reply)(request.user, conversation_id, reply_id)
    await stopping.stop(reply)
    return done(request, reply.conversation.get_absolute_url())


@require_POST
async def retry(request: PersonRequest, conversation_id: UUID, reply_id: UUID) -> HttpResponse:
    """Puts a new reply in the place of one that failed or was stopped."""
    reply = await sync_to_async(own_reply)(request.user, conversation_id, reply_id)
    new = await shielded(f"retry:{reply.pk}", _retry(reply))
    return await show(request, reply, new, HTTPStatus.CREATED)


@require_POST
async def continuation(
    request: PersonRequest, conversation_id: UUID, reply_id: UUID
) -> HttpResponse:
    """Goes on with a reply that ended too early, after its text."""
    reply = await sync_to_async(own_reply)(request.user, conversation_id, reply_id)
    resumed = await shielded(f"continue:{reply.pk}", _continue(reply))
    return await show(request, reply, resumed, HTTPStatus.OK)


@require_POST
def exclusion(request: PersonRequest, conversation_id: UUID, reply_id: UUID) -> HttpResponse:
    """Hides what was refused from the model, or shows it again; `scope` as in Reply.exclude."""
    reply = own_reply(request.user, conversation_id, reply_id)
    changed = reply.exclude(request.POST.get("scope", ""))
    if not changed:
        return _too_late(request, reply)
    prefetch_related_objects(changed, "attachments__image")
    for message in changed:
        events.message_changed(message)
    return done(request, reply.conversation.get_absolute_url())


async def shielded[T](name: str, work: Coroutine[Any, Any, T]) -> T:
    """Goes on when the browser hangs up in between, like a send. The work waits for a connection,
    so the request holds none meanwhile."""
    await background.release_connection()
    return await asyncio.shield(background.spawn(name, work))


async def show(
    request: PersonRequest, reply: Message, result: Message | None, status: int
) -> HttpResponse:
    if result is None:
        return _too_late(request, reply)
    if not wants_json(request):
        return done(request, reply.conversation.get_absolute_url())
    html = await sync_to_async(message_html)(result)
    replaces = reply.pk if result.pk != reply.pk else None
    return JsonResponse({"html": html, "replaces": replaces}, status=status)


def _show_saved(reply: Message) -> None:
    """Put what the row knows into the reply. Text that can't be rendered is left to its message."""
    with reported(reply):
        saved_state(reply).show_in(reply)


def _too_late(request: PersonRequest, reply: Message) -> HttpResponse:
    """The page that asked is older than the conversation; without scripts it is shown anew."""
    if not wants_json(request):
        return done(request, reply.conversation.get_absolute_url())
    sentence = _("This conversation has gone on since. Reload the page to see how.")
    return error(sentence, HTTPStatus.CONFLICT)


async def _retry(reply: Message) -> Message | None:
    new = await background.in_thread(reply.retry)
    if new and new.status == Message.Status.QUEUED:
        await background.in_thread(events.reply_replaced, reply, new)
        generation.start(new)
    return new


async def _continue(reply: Message) -> Message | None:
    if not await background.in_thread(reply.resume):
        return None
    await background.in_thread(events.reply_resumed, reply)
    generation.start(reply)
    return reply
