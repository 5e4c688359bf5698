"""/c/<id>/replies/<id>/…: the state of a reply, and what a person can do with it."""

from http import HTTPStatus
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db.models import prefetch_related_objects
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.views.answers import done, error
from chatapp.chat.views.shielding import shielded
from chatapp.chat.views.version_refusals import refuse
from chatapp.conversations import events
from chatapp.conversations.access import own_reply
from chatapp.conversations.message_html import reported
from chatapp.conversations.models import ATTACHED, Message
from chatapp.conversations.reply_costs import html_with_cost
from chatapp.replies import commands, live, stopping
from chatapp.replies.accounting import CapReached
from chatapp.replies.state import saved_state
from chatapp.server.request_values import wants_json


@require_safe
async def state(request: PersonRequest, conversation_id: UUID, reply_id: UUID) -> HttpResponse:
    """Return the text and sequence number at one instant, from memory while this process makes the
    reply, else from its row."""
    reply = await sync_to_async(own_reply)(request.user, conversation_id, reply_id)
    running = live.find(reply_id)
    # An attempt that another process overtook notices it soon.
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
            "html": await sync_to_async(html_with_cost)(reply),
        }
    )


@require_POST
async def stop(request: PersonRequest, conversation_id: UUID, reply_id: UUID) -> HttpResponse:
    reply = await sync_to_async(own_reply)(request.user, conversation_id, reply_id)
    await stopping.stop(reply)
    return done(request, reply.conversation.get_absolute_url())


@require_POST
async def retry(request: PersonRequest, conversation_id: UUID, reply_id: UUID) -> HttpResponse:
    """Replace a reply that failed or was stopped by a new one."""
    reply = await sync_to_async(own_reply)(request.user, conversation_id, reply_id)
    try:
        new = await shielded(f"retry:{reply.pk}", commands.retry(reply), CapReached)
    except CapReached as refused:
        return await sync_to_async(refuse)(request, reply.conversation, refused)
    return await show(request, reply, new, HTTPStatus.CREATED)


@require_POST
async def continuation(
    request: PersonRequest, conversation_id: UUID, reply_id: UUID
) -> HttpResponse:
    """Continue a reply that ended too early, after its text."""
    reply = await sync_to_async(own_reply)(request.user, conversation_id, reply_id)
    try:
        resumed = await shielded(f"continue:{reply.pk}", commands.resume(reply), CapReached)
    except CapReached as refused:
        return await sync_to_async(refuse)(request, reply.conversation, refused)
    return await show(request, reply, resumed, HTTPStatus.OK)


@require_POST
def exclusion(request: PersonRequest, conversation_id: UUID, reply_id: UUID) -> HttpResponse:
    """Exclude messages from what the model reads, or include them again; `scope` as in
    Message.exclude."""
    reply = own_reply(request.user, conversation_id, reply_id)
    changed = reply.exclude(request.POST.get("scope", ""))
    if not changed:
        return _too_late(request, reply)
    prefetch_related_objects(changed, *ATTACHED)
    for message in changed:
        events.message_changed(message)
    return done(request, reply.conversation.get_absolute_url())


async def show(
    request: PersonRequest, reply: Message, result: Message | None, status: int
) -> HttpResponse:
    if result is None:
        return _too_late(request, reply)
    if not wants_json(request):
        return done(request, reply.conversation.get_absolute_url())
    html = await sync_to_async(html_with_cost)(result)
    replaces = reply.pk if result.pk != reply.pk else None
    return JsonResponse({"html": html, "replaces": replaces}, status=status)


def _show_saved(reply: Message) -> None:
    """Put what the row knows into the reply; text that can't be rendered stays as it is."""
    with reported(reply):
        saved_state(reply).show_in(reply)


def _too_late(request: PersonRequest, reply: Message) -> HttpResponse:
    """Answer that the page is older than the conversation; without scripts, show the page again."""
    if not wants_json(request):
        return done(request, reply.conversation.get_absolute_url())
    sentence = _("This conversation continued meanwhile. Reload the page to see it.")
    return error(sentence, HTTPStatus.CONFLICT)
