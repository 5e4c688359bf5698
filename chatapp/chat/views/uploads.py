"""/documents/, /images/ and /images/links: storing a file that is about to be sent."""

import logging
from http import HTTPStatus

from asgiref.sync import sync_to_async
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.image_links import TooManyAtOnce, copies_of, may_go_to_model
from chatapp.chat.views.answers import error
from chatapp.conversations.models import Attachment
from chatapp.documents.errors import DocumentRefused
from chatapp.documents.uploads import is_image, status_of, store_document
from chatapp.fetching import FetchError
from chatapp.images.errors import ImageRefused
from chatapp.images.models import Image
from chatapp.images.processing import PreparedImage, process_parts
from chatapp.images.worker.limits import MAX_PARTS

MAX_DIGITS = 3  # of a number of images

logger = logging.getLogger(__name__)


@require_POST
async def upload_file(request: PersonRequest) -> HttpResponse:
    """Store one file of up to 50 MB: as an image if it is one, or else as a document."""
    file = request.FILES.get("file")
    if file is None:
        return error(
            _("We didn't receive a file. Attach it again."), HTTPStatus.UNPROCESSABLE_ENTITY
        )
    await background.release_connection()
    try:
        if is_image(file):
            prepared = await process_parts(file, file.name or "", _room(request))
            return await _store(request, prepared)
        document = await store_document(request.user, file)
    except (ImageRefused, DocumentRefused) as refusal:
        return _refuse(refusal)
    return JsonResponse(_facts(Attachment(document=document)), status=HTTPStatus.CREATED)


@require_POST
async def upload(request: PersonRequest) -> HttpResponse:
    """Store one image of up to 50 MB, for pages of an older release.

    Django writes large ones to disk; the worker reads them there.
    """
    file = request.FILES.get("image")
    if file is None:
        return error(
            _("We didn't receive an image. Attach it again."), HTTPStatus.UNPROCESSABLE_ENTITY
        )
    await background.release_connection()
    try:
        return await _store(request, await process_parts(file, file.name or "", _room(request)))
    except ImageRefused as refusal:
        return _refuse(refusal)


@require_POST
async def links(request: PersonRequest) -> HttpResponse:
    """Store a copy. If it can't be fetched, the link itself may still go to the model."""
    link = request.POST.get("link", "").strip()
    await background.release_connection()
    try:
        return await _store(request, await copies_of(request.user, link, _room(request)))
    except ImageRefused as refusal:
        return _refuse(refusal)
    except TooManyAtOnce as crowd:
        return error(crowd.sentence, HTTPStatus.TOO_MANY_REQUESTS)
    except FetchError as failure:
        logger.info("A link was not fetched: %s", type(failure).__name__)
        if not (failure.may_pass_on and may_go_to_model(link)):
            return error(failure.sentence, HTTPStatus.UNPROCESSABLE_ENTITY)
        note = _("%(reason)s The link itself is sent to the model.") % {"reason": failure.sentence}
        attachment = Attachment(link=link)
        html = _sent(attachment)
        facts = {"link": link, "kind": "link", "tokens": attachment.tokens}
        return JsonResponse(facts | {"note": note, "html": html})


def _room(request: PersonRequest) -> int:
    """Return how many images the page can add for one file: pages of an older release say none."""
    room = request.POST.get("room", "")
    is_number = room.isascii() and room.isdigit() and len(room) <= MAX_DIGITS
    return min(MAX_PARTS, max(1, int(room))) if is_number else 1


async def _store(request: PersonRequest, prepared: list[PreparedImage]) -> HttpResponse:
    """Store an image. The page gets the parts after the first as chips."""
    first, *others = await sync_to_async(_stored)(request.user, prepared)
    chips = [render_to_string("images/_image_chip.html", {"attachment": each}) for each in others]
    answer = _facts(first) | _facts_of_image(first) | {"parts": "".join(chips)}
    return JsonResponse(answer, status=HTTPStatus.CREATED)


def _stored(person: Person, prepared: list[PreparedImage]) -> list[Attachment]:
    return [Attachment.of(shown) for shown in Image.objects.store_parts(person, prepared)]


def _facts(attachment: Attachment) -> dict[str, object]:
    return {
        "id": attachment.source,
        "kind": attachment.kind,
        "url": attachment.url,
        "name": attachment.name,
        "tokens": attachment.tokens,
        "note": attachment.note,
        "html": _sent(attachment),
    }


def _facts_of_image(attachment: Attachment) -> dict[str, object]:
    image = attachment.image
    assert image is not None
    return {
        "thumbnail": reverse("thumbnail", args=[image.pk]),
        "width": image.width,
        "height": image.height,
        "transparent": image.has_transparency,
    }


def _sent(attachment: Attachment) -> str:
    """Return how it will look beside its message; the page shows this while it is sent."""
    return render_to_string("messages/_attachment.html", {"attachment": attachment})


def _refuse(refusal: ImageRefused | DocumentRefused) -> HttpResponse:
    return error(refusal.sentence, status_of(refusal))
