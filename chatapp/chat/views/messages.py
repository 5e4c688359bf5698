"""/c/<id>/messages: a conversation's messages page by page, and sending."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from chatapp.accounts.person_request import PersonRequest
from chatapp.accounts.time_zones import remember_zone
from chatapp.chat.forms.send import SendForm
from chatapp.chat.views.answers import done, refusal
from chatapp.chat.views.page import page
from chatapp.chat.views.restoration import restore_button
from chatapp.chat.views.shielding import shielded
from chatapp.conversations.access import own_conversation
from chatapp.conversations.events import ExchangeHtml
from chatapp.conversations.history import first_hidden, message_page, messages_after
from chatapp.conversations.models import (
    AwaitsApproval,
    ClientIdUsed,
    Conversation,
    ConversationContinued,
    ConversationDeleted,
    Defaults,
    Exchange,
    ProjectUnavailable,
    ReplyRunning,
    TooManyConversations,
)
from chatapp.replies import commands
from chatapp.replies.accounting import CapReached
from chatapp.server.request_values import read_uuid, wants_json, whole_number

# Messages that the conversation doesn't accept: status, reason for scripts, sentence. What is spent
# is no fault of the conversation, and says why by itself.
REFUSALS: dict[type[Exception], tuple[HTTPStatus, str, Any]] = {
    ConversationContinued: (
        HTTPStatus.CONFLICT,
        "moved",
        _(
            "This conversation continued in another tab. The new messages are shown; "
            "send again if yours still applies."
        ),
    ),
    ReplyRunning: (
        HTTPStatus.CONFLICT,
        "running",
        _("A reply is still running. Your text is kept; send it when the reply is done."),
    ),
    AwaitsApproval: (
        HTTPStatus.CONFLICT,
        "waiting",
        _("Approve or deny the tool call above first. Your text is kept."),
    ),
    ClientIdUsed: (
        HTTPStatus.CONFLICT,
        "already_sent",
        _("This page was out of date. Your text is kept; send it again."),
    ),
    TooManyConversations: (
        HTTPStatus.TOO_MANY_REQUESTS,
        "",
        _("You began too many chats in the last minute. Your text is kept; send it again soon."),
    ),
    CapReached: (HTTPStatus.PAYMENT_REQUIRED, "", _("%(why)s Your text is kept.")),
    ProjectUnavailable: (
        HTTPStatus.GONE,
        "",
        _(
            "You can't chat in this project any more. Your text is kept; "
            "choose “New chat” to send it outside the project."
        ),
    ),
    ConversationDeleted: (
        HTTPStatus.GONE,
        "gone",
        _("This conversation was deleted. Your text is kept here; copy it to a new chat."),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
async def messages(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    if request.method == "POST":
        return await _send(request, conversation_id)
    return await sync_to_async(_listing)(request, conversation_id)


def _listing(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    """Return the messages after a position, for a page that catches up, or a batch of older ones.

    A page names its last message as `head`. If another branch is shown meanwhile, the answer begins
    where the two part, and says so. Without scripts they are part of the whole page.
    """
    conversation = own_conversation(request.user, conversation_id)
    after, before = (whole_number(request.GET.get(name, "")) for name in ("after", "before"))
    if not wants_json(request):
        return page(request, conversation, before=before)
    if after is not None:
        head = read_uuid(request.GET.get("head", ""))
        hidden = first_hidden(conversation, head) if head else None
        after = after if hidden is None else hidden - 1
        context: dict[str, Any] = {
            "messages": messages_after(conversation, after),
            "hidden": hidden,
        }
    else:
        found = message_page(conversation, before)
        context = {"messages": found.messages, "older_url": found.older_url}
    return render(request, "messages/_messages.html", context)


async def _send(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    form = await sync_to_async(checked_form)(request, conversation_id)
    if form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return await sync_to_async(_refuse)(request, form, form.sentence, status)
    try:
        exchange, html = await shielded(
            f"{commands.SENDING}{request.user.pk}:{form.message.client_id}",
            commands.send(request.user, form.message),
            Conversation.DoesNotExist,
            *REFUSALS,
        )
    except Conversation.DoesNotExist:
        raise Http404 from None
    except tuple(REFUSALS) as refused:
        status, mark, sentence = REFUSALS[type(refused)]
        sentence %= {"why": refused}
        return await sync_to_async(_refuse)(request, form, str(sentence), status, mark)
    if form.cleaned_data["as_default"]:
        await sync_to_async(Defaults.objects.store)(request.user, form.chosen)
    return accept(request, exchange, html)


def checked_form(request: PersonRequest, conversation_id: UUID) -> SendForm:
    form = SendForm(request.user, conversation_id, request.POST, request.FILES)
    form.is_valid()
    remember_zone(request)
    return form


def accept(request: PersonRequest, exchange: Exchange, html: ExchangeHtml) -> HttpResponse:
    conversation = exchange.conversation
    if not wants_json(request):
        return done(request, f"{conversation.get_absolute_url()}#message-{exchange.reply.pk}")
    body = {
        "conversation": {
            "id": conversation.pk,
            "url": conversation.get_absolute_url(),
            "html": html.link,
        },
        "messages": html.message + html.reply,
        "reply": exchange.reply.pk,
    }
    status = HTTPStatus.CREATED if exchange.created else HTTPStatus.OK
    return JsonResponse(body, status=status)


def _refuse(
    request: PersonRequest, form: SendForm, sentence: str, status: int, reason: str = ""
) -> HttpResponse:
    """Return the reason as JSON, or without scripts the page itself, with everything that was
    typed."""
    restore = restore_button(request.user, form.conversation_id) if reason == "gone" else ""
    if wants_json(request):
        return refusal(sentence, form, status, reason, restore)
    shown = Conversation.objects.of(request.user).filter(pk=form.conversation_id).first()
    text = form.data.get("text", "")
    return page(
        request,
        shown,
        project=None if shown else form.project,
        status=status,
        form=form,
        text=text,
        error=sentence,
        restore=restore,
    )
