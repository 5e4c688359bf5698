"""/documents/choice: which pages of documents would go along with a message."""

from typing import Any, NamedTuple

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.forms.named_files import find_own_documents
from chatapp.conversations.access import own_conversation, own_message
from chatapp.conversations.models import Attachment
from chatapp.conversations.models.document_choice import fitting, room_for
from chatapp.documents import choice_labels, page_ranges
from chatapp.documents.chosen_pages import ChosenPages
from chatapp.documents.page_ranges import RangesRefused
from chatapp.documents.sizes import Choice
from chatapp.projects.access import find_usable
from chatapp.server.request_values import read_uuid


class Read(NamedTuple):
    """A choice as a page names it and as it was read; `problem` says why it can't be."""

    name: str
    chosen: ChosenPages
    problem: str = ""


@require_safe
def document_choice(request: PersonRequest) -> HttpResponse:
    """Return what goes along of each `document`, which are named as in a message.

    They share the room that is left in the `conversation`, before a `message` of it that is edited;
    or in a new one in a `project`. Documents of somebody else are left out.
    """
    names = request.GET.getlist("document")[: settings.MAX_IMAGES_PER_MESSAGE]
    found = find_own_documents(request.user, names)
    read = [_read(name, found[name]) for name in names if name in found]
    shares = fitting([each.chosen for each in read], _room(request))
    facts = [_facts(each, share) for each, share in zip(read, shares, strict=True)]
    return JsonResponse({"documents": facts})


def _read(name: str, chosen: ChosenPages) -> Read:
    try:
        return Read(name, chosen.checked())
    except RangesRefused as refused:
        return Read(name, chosen._replace(pages=""), refused.sentence)


def _room(request: PersonRequest) -> int:
    ids = {each: request.GET.get(each, "") for each in ("conversation", "message", "project")}
    read = {name: read_uuid(text) for name, text in ids.items()}
    if any(text and not read[name] for name, text in ids.items()):
        raise Http404
    if not read["conversation"]:
        project = find_usable(request.user, read["project"])
        return room_for(project.pk if project else None, None)
    conversation = own_conversation(request.user, read["conversation"])
    if not read["message"]:
        return room_for(conversation.project_id, conversation)
    message = own_message(request.user, conversation.pk, read["message"])
    return room_for(conversation.project_id, conversation, message.position)


def _facts(read: Read, share: Choice) -> dict[str, Any]:
    chosen = read.chosen
    ranges = page_ranges.write(share.pages)
    may_choose = choice_labels.may_choose(chosen.document)
    attachment = Attachment(document=chosen.document, pages=ranges)
    return {
        "name": read.name,
        "source": Attachment.of(chosen).source,
        "pages": chosen.pages or ranges,
        "may_choose": may_choose,
        "label": choice_labels.CHOOSE[chosen.document.unit]() if may_choose else "",
        "is_cut": choice_labels.is_cut(chosen, share),
        "tokens": share.tokens,
        "note": choice_labels.note(chosen, share),
        "summary": read.problem or (choice_labels.summary(chosen, share) if may_choose else ""),
        "is_problem": bool(read.problem),
        "html": render_to_string("messages/_attachment.html", {"attachment": attachment}),
    }
