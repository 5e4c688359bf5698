"""/draft and /c/<id>/draft: text that isn't sent yet."""

from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.forms.draft import DraftForm
from chatapp.chat.views.answers import error
from chatapp.conversations import events
from chatapp.conversations.access import own_conversation
from chatapp.conversations.draft_state import draft_state
from chatapp.conversations.models import AlreadySent, Conversation, Draft, DraftsFull


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: PersonRequest, conversation_id: UUID | None = None) -> HttpResponse:
    conversation = own_conversation(request.user, conversation_id) if conversation_id else None
    if request.method == "POST":
        return _store(request, conversation)
    return JsonResponse(draft_state(request.user.pk, conversation_id))


def _store(request: PersonRequest, conversation: Conversation | None) -> HttpResponse:
    """Answer 204 when the draft is kept, 422 when it is refused, 410 when this text was sent, and
    409 when another text was."""
    form = DraftForm(request.user, request.POST)
    if not form.is_valid():
        return error(form.sentence, HTTPStatus.UNPROCESSABLE_ENTITY)
    places = {conversation.pk if conversation else None}
    try:
        places |= Draft.objects.store(request.user, conversation, form.written)
    except Conversation.DoesNotExist:
        raise Http404 from None
    except DraftsFull:
        sentence = _("Your drafts take too much space. Send or delete one of the long ones.")
        return error(sentence, HTTPStatus.UNPROCESSABLE_ENTITY)
    except AlreadySent as sent:
        status = HTTPStatus.GONE if sent.same else HTTPStatus.CONFLICT
        answer: HttpResponse = error(_("This message was already sent."), status)
    else:
        answer = HttpResponse(status=HTTPStatus.NO_CONTENT)
    for place in places:
        events.draft_changed(request.user.pk, place)
    return answer
