"""/s/<token>/continue: a copy of a shared chat, for people of this instance."""

import uuid
from http import HTTPStatus

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chatapp.accounts.person_request import PersonRequest
from chatapp.conversations import events
from chatapp.conversations.models import ConversationContinued, TooManyConversations
from chatapp.server.redirects import see_other
from chatapp.server.request_values import read_uuid
from chatapp.sharing import passwords
from chatapp.sharing.access import open_share
from chatapp.sharing.continuation import continue_chat
from chatapp.sharing.models import Share
from chatapp.sharing.views.headers import with_form


@require_http_methods(["GET", "HEAD", "POST"])
def continuation(request: PersonRequest, share_token: str) -> HttpResponse:
    """Ask, or make the copy, whose id this page has made."""
    share = open_share(share_token)
    if not passwords.is_unlocked(request, share):
        return with_form(redirect("shared", share_token))
    if request.method != "POST":
        return _ask(request, share)
    new_id = read_uuid(request.POST.get("conversation", ""))
    if new_id is None:
        return _ask(request, share, _("This page was out of date. Try again."))
    try:
        new, created = continue_chat(share, request.user, new_id)
    except ConversationContinued:
        return _ask(request, share, _("This page was out of date. Try again."))
    except TooManyConversations:
        sentence = _("You began too many chats in the last minute. Try again soon.")
        return _ask(request, share, sentence, HTTPStatus.TOO_MANY_REQUESTS)
    except Share.DoesNotExist:
        raise Http404 from None
    if created:
        events.conversation_begun(new)
    return with_form(see_other(new))


def _ask(
    request: PersonRequest,
    share: Share,
    sentence: str = "",
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> HttpResponse:
    context = {"share": share, "sentence": sentence, "new_conversation": uuid.uuid4()}
    shown = render(
        request, "sharing/continue.html", context, status=status if sentence else HTTPStatus.OK
    )
    return with_form(shown)
