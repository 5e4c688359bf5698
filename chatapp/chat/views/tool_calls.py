"""/c/<id>/replies/<id>/tool-calls/<id>: the input and output of a tool call, and the approval."""

from http import HTTPStatus
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.views.answers import error
from chatapp.chat.views.replies import show
from chatapp.chat.views.shielding import shielded
from chatapp.chat.views.version_refusals import refuse
from chatapp.conversations.access import own_tool_call
from chatapp.conversations.models import DECISIONS
from chatapp.replies import commands
from chatapp.replies.accounting import CapReached
from chatapp.server.request_values import wants_page, whole_number


@require_safe
def whole(
    request: PersonRequest, conversation_id: UUID, reply_id: UUID, tool_call_id: UUID
) -> HttpResponse:
    """Show a whole tool call as text; its reply shows the beginning."""
    tool_call = own_tool_call(request.user, conversation_id, reply_id, tool_call_id)
    parts = [tool_call.shown_line, _("Input"), tool_call.shown_arguments]
    if tool_call.content:
        parts += [_("Output"), tool_call.shown_content]
    text = "\n\n".join(parts)
    if wants_page(request):
        # A bare text in a tab would stay there after a sign-out.
        context = {"title": tool_call.shown_line, "text": text}
        return render(request, "messages/tool_call.html", context)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_POST
async def decision(
    request: PersonRequest, conversation_id: UUID, reply_id: UUID, tool_call_id: UUID
) -> HttpResponse:
    """Take the person's decision; of several, also from two tabs, the first one counts."""
    tool_call = await sync_to_async(own_tool_call)(
        request.user, conversation_id, reply_id, tool_call_id
    )
    reply = tool_call.reply
    choice = next((known for known in DECISIONS if known == request.POST.get("decision")), None)
    if choice is None:
        return error(_("Approve or deny this tool call."), HTTPStatus.UNPROCESSABLE_ENTITY)
    attempt = whole_number(request.POST.get("attempt", ""))  # every page of this site sends it
    decide = commands.decide(reply, tool_call_id, choice, attempt)
    try:
        decided = await shielded(f"decide:{tool_call_id}", decide, CapReached)
    except CapReached as refused:
        return await sync_to_async(refuse)(request, reply.conversation, refused)
    return await show(request, reply, decided, HTTPStatus.OK)
