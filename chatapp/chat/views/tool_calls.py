"""/c/<id>/replies/<id>/tool-calls/<id>: the input and output of a tool call, and the approval."""

from http import HTTPStatus
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chatapp import background
from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.views.answers import error
from chatapp.chat.views.replies import shielded, show
from chatapp.conversations import events
from chatapp.conversations.access import own_reply
from chatapp.conversations.models import DECISIONS, Decision, Message, decide
from chatapp.replies import generation
from chatapp.server.request_values import wants_page, whole_number


@require_safe
def whole(
    request: PersonRequest, conversation_id: UUID, reply_id: UUID, tool_call_id: UUID
) -> HttpResponse:
    """Show a whole tool call as text; its reply shows the beginning."""
    tool_call = get_object_or_404(
        own_reply(request.user, conversation_id, reply_id).tool_calls, pk=tool_call_id
    )
    parts = [tool_call.shown_line, _("Input"), tool_call.shown_arguments]
    if tool_call.content:
        parts += [_("Output"), tool_call.shown_content]
    text = "\n\n".join(parts)
    if wants_page(request):
        # Text alone in a tab would stay there after a sign-out.
        context = {"title": tool_call.shown_line, "text": text}
        return render(request, "conversations/tool_call.html", context)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_POST
async def decision(
    request: PersonRequest, conversation_id: UUID, reply_id: UUID, tool_call_id: UUID
) -> HttpResponse:
    """Takes the person's word; said twice, or in two tabs, the first one counts."""
    reply = await sync_to_async(own_reply)(request.user, conversation_id, reply_id)
    word = next((known for known in DECISIONS if known == request.POST.get("decision")), None)
    if word is None:
        return error(_("Say whether it may run."), HTTPStatus.UNPROCESSABLE_ENTITY)
    attempt = whole_number(request.POST.get("attempt", ""))  # no page of ours lacks it
    decided = await shielded(f"decide:{tool_call_id}", _decide(reply, tool_call_id, word, attempt))
    return await show(request, reply, decided, HTTPStatus.OK)


async def _decide(
    reply: Message, tool_call_id: UUID, word: Decision, attempt: int | None = None
) -> Message:
    """Gives the reply as it stands then, also when somebody was faster."""
    if await background.in_thread(decide, reply, tool_call_id, word, attempt):
        await background.in_thread(events.reply_resumed, reply)
        if reply.status == Message.Status.QUEUED:
            generation.start(reply)
    else:
        await background.in_thread(reply.refresh_from_db)
    return reply
