"""/c/<id>/messages: the list of a conversation, page by page, and sending."""

import asyncio
from http import HTTPStatus
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.accounts.person_request import PersonRequest
from chatapp.accounts.time_zones import remember_zone
from chatapp.chat.forms.send import SendForm
from chatapp.chat.views.answers import done, refusal
from chatapp.chat.views.page import page
from chatapp.conversations import events
from chatapp.conversations.access import own_conversation
from chatapp.conversations.events import ExchangeHtml
from chatapp.conversations.history import message_page, messages_after
from chatapp.conversations.models import (
    AwaitsApproval,
    ClientIdUsed,
    Conversation,
    ConversationContinued,
    ConversationDeleted,
    Defaults,
    Exchange,
    NewMessage,
    ReplyRunning,
    add_exchange,
)
from chatapp.replies import generation
from chatapp.server.request_values import wants_json, whole_number

type Sent = tuple[Exchange, ExchangeHtml]

# Sends that the conversation does not take: status, the mark for scripts, the sentence.
REFUSALS = {
    ConversationContinued: (
        HTTPStatus.CONFLICT,
        "moved",
        _(
            "This conversation has gone on elsewhere. The newer part is shown; "
            "send again if your message still fits."
        ),
    ),
    ReplyRunning: (
        HTTPStatus.CONFLICT,
        "running",
        _("A reply is still running here. Your text stays; send it when it is done."),
    ),
    AwaitsApproval: (
        HTTPStatus.CONFLICT,
        "waiting",
        _("Say above first whether the tool may run. Your text stays; send it then."),
    ),
    ClientIdUsed: (
        HTTPStatus.CONFLICT,
        "already_sent",
        _("This page was an old copy. Your text stays; send it again."),
    ),
    ConversationDeleted: (
        HTTPStatus.GONE,
        "gone",
        _("This conversation was deleted. Your text stays here; take it to a new chat."),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
async def messages(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    if request.method == "POST":
        return await _send(request, conversation_id)
    return await sync_to_async(_listing)(request, conversation_id)


def _listing(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    """Articles after a position, for a page that comes back; else a page of older ones.

    Without scripts they stand on the whole page.
    """
    conversation = own_conversation(request.user, conversation_id)
    after, before = (whole_number(request.GET.get(name, "")) for name in ("after", "before"))
    if not wants_json(request):
        return page(request, conversation, before=before)
    if after is not None:
        context = {"messages": messages_after(conversation, after), "older_url": ""}
    else:
        found = message_page(conversation, before)
        context = {"messages": found.messages, "older_url": found.older_url}
    return render(request, "conversations/_messages.html", context)


async def _send(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    form = await sync_to_async(_checked_form)(request, conversation_id)
    if form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return await sync_to_async(_refuse)(request, form, form.sentence, status)
    try:
        exchange, html = await _shielded_send(request.user, form.message)
    except Conversation.DoesNotExist:
        raise Http404 from None
    except tuple(REFUSALS) as refused:
        status, mark, sentence = REFUSALS[type(refused)]
        return await sync_to_async(_refuse)(request, form, str(sentence), status, mark)
    if form.cleaned_data["as_default"]:
        await sync_to_async(Defaults.objects.keep)(request.user, form.chosen)
    return _accept(request, exchange, html)


def _checked_form(request: PersonRequest, conversation_id: UUID) -> SendForm:
    form = SendForm(request.user, conversation_id, request.POST, request.FILES)
    form.is_valid()
    remember_zone(request)
    # The message is written in another thread, which may have to wait for this connection.
    close_old_connections()
    return form


async def _shielded_send(person: Person, new: NewMessage) -> Sent:
    """Sends, also when the browser hangs up in between.

    Django cancels a view whose client is gone; the task goes on.
    """
    sending = background.spawn(f"send:{person.pk}:{new.client_id}", _add_and_start(person, new))
    sent = await asyncio.shield(sending)
    if isinstance(sent, Exception):
        raise sent
    return sent


async def _add_and_start(person: Person, new: NewMessage) -> Sent | Exception:
    """Gives a refusal instead of raising it: it is an answer, not an error of the task."""
    try:
        exchange, html = await background.in_thread(_add_and_announce, person, new)
    except (Conversation.DoesNotExist, *REFUSALS) as refused:
        return refused
    if exchange.created:
        generation.start(exchange.reply)
    return exchange, html


def _add_and_announce(person: Person, new: NewMessage) -> Sent:
    exchange = add_exchange(person, new)
    html = ExchangeHtml.of(exchange)
    if exchange.created:
        events.exchange_added(exchange, html)
    return exchange, html


def _accept(request: PersonRequest, exchange: Exchange, html: ExchangeHtml) -> HttpResponse:
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
    """Says why; without scripts on the page itself, with everything that was typed."""
    if wants_json(request):
        return refusal(sentence, form, status, reason)
    shown = Conversation.objects.of(request.user).filter(pk=form.conversation_id).first()
    text = form.data.get("text", "")
    return page(request, shown, status=status, form=form, text=text, error=sentence)
