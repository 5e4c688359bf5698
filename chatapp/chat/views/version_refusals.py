"""Why a message can't be edited, made again, copied or deleted now: status, reason, sentence."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.person_request import PersonRequest
from chatapp.conversations.models import (
    AwaitsApproval,
    ClientIdUsed,
    Conversation,
    ConversationContinued,
    ConversationDeleted,
    NotRestorable,
    OnlyVersion,
    ReplyRunning,
    TooManyConversations,
)
from chatapp.replies.accounting import CapReached
from chatapp.server.request_values import wants_json

REFUSALS: dict[type[Exception], tuple[HTTPStatus, str, Any]] = {
    ConversationContinued: (
        HTTPStatus.CONFLICT,
        "moved",
        _("This conversation changed in another tab. It's up to date now; try again."),
    ),
    ClientIdUsed: (
        HTTPStatus.CONFLICT,
        "already_sent",
        _("This page was out of date. Try again."),
    ),
    ReplyRunning: (
        HTTPStatus.CONFLICT,
        "running",
        _("A reply is still running. Stop it first, or wait until it's done."),
    ),
    AwaitsApproval: (
        HTTPStatus.CONFLICT,
        "waiting",
        _("A tool call awaits your approval. Approve or deny it first, or stop the reply."),
    ),
    OnlyVersion: (
        HTTPStatus.CONFLICT,
        "moved",
        _("The other versions were deleted in another tab. The last one can't be deleted."),
    ),
    NotRestorable: (
        HTTPStatus.CONFLICT,
        "moved",
        _("This version can't be brought back any more."),
    ),
    CapReached: (HTTPStatus.PAYMENT_REQUIRED, "", _("%(why)s")),
    ConversationDeleted: (HTTPStatus.GONE, "gone", _("This conversation was deleted.")),
    TooManyConversations: (
        HTTPStatus.TOO_MANY_REQUESTS,
        "",
        _("You began too many chats, or too long ones, in the last minute. Try again soon."),
    ),
}
CAN_STOP = (ReplyRunning, AwaitsApproval)  # a question: the person may stop the reply


def refuse(
    request: PersonRequest,
    conversation: Conversation,
    refused: Exception,
    *,
    can_stop: bool = False,
) -> HttpResponse:
    """Answer with the reason; where stopping the running reply helps, with a question."""
    status, reason, sentence = REFUSALS[type(refused)]
    sentence %= {"why": refused}
    context = {
        "conversation": conversation,
        "sentence": sentence,
        "action": request.path,
        "fields": _posted(request) if can_stop and isinstance(refused, CAN_STOP) else None,
    }
    if not wants_json(request):
        return render(request, "messages/question.html", context, status=status)
    body = {"error": str(sentence), reason or "refused": True}
    if context["fields"] is not None:
        body["html"] = render_to_string("messages/_question.html", context, request)
    return JsonResponse(body, status=status)


def refuse_values(
    request: PersonRequest, conversation: Conversation, sentence: str
) -> HttpResponse:
    """Answer that a value of the form is wrong."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if wants_json(request):
        return JsonResponse({"error": sentence}, status=status)
    context = {"conversation": conversation, "sentence": sentence, "fields": None}
    return render(request, "messages/question.html", context, status=status)


def _posted(request: PersonRequest) -> list[tuple[str, str]]:
    own = ("csrfmiddlewaretoken", "stop")
    return [(name, str(value)) for name, value in request.POST.items() if name not in own]
