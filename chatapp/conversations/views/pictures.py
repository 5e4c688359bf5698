"""/pictures/<id>/: looking at a picture, large or small, and describing it."""

import mimetypes
from collections.abc import Callable
from http import HTTPStatus
from pathlib import PurePath
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from chatapp.accounts.requests import PersonRequest
from chatapp.conversations import events
from chatapp.conversations.access import own_picture, visible_picture
from chatapp.conversations.models import Attachment, Message, StepPicture
from chatapp.images.models import Image
from chatapp.images.store import PictureMissing, StoreUnavailable

DAY = 60 * 60 * 24  # seconds
RETRY_SECONDS = 30
COPIES_TOLD = 20  # the newest messages that show a picture; others tell when they are loaded again


@require_safe
def picture(request: PersonRequest, image_id: UUID) -> HttpResponseBase:
    image = visible_picture(request.user, image_id)
    response = _serve(request, image.sha256, image.content_type, lambda: image.content)
    disposition = content_disposition_header("download" in request.GET, _file_name(image))
    response["Content-Disposition"] = disposition or "attachment"
    return response


@require_safe
def thumbnail(request: PersonRequest, image_id: UUID) -> HttpResponseBase:
    image = visible_picture(request.user, image_id)
    media_type = image.thumbnail_media_type
    return _serve(request, f"{image.sha256}-small", media_type, lambda: image.thumbnail)


@require_POST
def alt(request: PersonRequest, image_id: UUID) -> HttpResponse:
    """Sets the text for those who don't see the picture; an empty one means the file's name."""
    image = own_picture(request.user, image_id)
    image.describe(request.POST.get("alt", ""))
    beside = Attachment.objects.filter(image=image).values("message")
    came = StepPicture.objects.filter(image=image).values("step__reply")
    either = Q(pk__in=beside) | Q(pk__in=came)
    shown = Message.objects.of(request.user).filter(either).order_by("-created_at")
    newest = shown.select_related("conversation").prefetch_related("attachments__image")
    for message in newest[:COPIES_TOLD]:
        events.message_changed(message)
    return JsonResponse({"alt": image.alternative})


def _serve(
    request: PersonRequest, tag: str, media_type: str, read: Callable[[], bytes]
) -> HttpResponseBase:
    """The bytes, or 304 to a browser that has them; nothing in them can run or load anything."""
    response = get_conditional_response(request, etag=f'"{tag}"')
    if response is None:
        try:
            response = HttpResponse(read(), content_type=media_type)
        except PictureMissing as missing:
            return _failed(missing.sentence, HTTPStatus.NOT_FOUND)
        except StoreUnavailable as unavailable:
            return _failed(unavailable.sentence, HTTPStatus.SERVICE_UNAVAILABLE)
    response["ETag"] = f'"{tag}"'
    # The bytes never change under an id; a private cache may keep them.
    response["Cache-Control"] = f"private, max-age={30 * DAY}, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _failed(sentence: str, status: HTTPStatus) -> HttpResponse:
    headers = {"Cache-Control": "no-store", "Retry-After": str(RETRY_SECONDS)}
    return HttpResponse(sentence, status=status, content_type="text/plain", headers=headers)


def _file_name(image: Image) -> str:
    """The name it came with, ending as what it was made into: a HEIC is kept as JPEG."""
    stem = PurePath(image.name).stem.strip(". ") or "picture"
    return stem + (mimetypes.guess_extension(image.content_type) or "")
