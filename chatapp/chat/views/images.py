"""/images/<id>/: showing an image, large or small, and describing it."""

import mimetypes
from collections.abc import Callable
from http import HTTPStatus
from pathlib import PurePath
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from chatapp.accounts.person_request import PersonRequest
from chatapp.conversations import events
from chatapp.conversations.access import own_image, visible_image
from chatapp.conversations.models import ATTACHED, Attachment, Message, ToolCallImage
from chatapp.images.models import Image
from chatapp.images.store import ImageMissing, StoreUnavailable
from chatapp.server.request_values import wants_page

DAY = 60 * 60 * 24  # seconds
RETRY_SECONDS = 30
MAX_ANNOUNCED = 20  # newest messages that show an image; others change when they are loaded again


@require_safe
def image(request: PersonRequest, image_id: UUID) -> HttpResponseBase:
    image = visible_image(request.user, image_id)
    is_download = "download" in request.GET
    if wants_page(request) and not is_download:
        return _page(request, image, lambda: image.content)
    response = _serve(request, image.sha256, image.content_type, lambda: image.content)
    disposition = content_disposition_header(is_download, _file_name(image))
    response["Content-Disposition"] = disposition or "attachment"
    return response


@require_safe
def thumbnail(request: PersonRequest, image_id: UUID) -> HttpResponseBase:
    image = visible_image(request.user, image_id)
    if wants_page(request):
        return _page(request, image, lambda: image.thumbnail)
    media_type = image.thumbnail_media_type
    return _serve(request, f"{image.sha256}-small", media_type, lambda: image.thumbnail)


@require_POST
def alt(request: PersonRequest, image_id: UUID) -> HttpResponse:
    """Set the text for people who don't see the image; an empty one means the file's name."""
    image = own_image(request.user, image_id)
    image.describe(request.POST.get("alt", ""))
    beside = Attachment.objects.filter(image=image).values("message")
    from_tools = ToolCallImage.objects.filter(image=image).values("tool_call__reply")
    either = Q(pk__in=beside) | Q(pk__in=from_tools)
    shown = Message.objects.of(request.user).filter(either).order_by("-created_at")
    newest = shown.select_related("conversation").prefetch_related(*ATTACHED)
    for message in newest[:MAX_ANNOUNCED]:
        events.message_changed(message)
    return JsonResponse({"alt": image.alternative})


def _page(request: PersonRequest, image: Image, read: Callable[[], bytes]) -> HttpResponse:
    """Return a page around the image, which goes away when its person signs out.

    The bytes alone in a tab would stay there and come back from the browser's memory.
    """
    try:
        read()
    except (ImageMissing, StoreUnavailable) as problem:
        return _failed(problem)
    return render(request, "images/image.html", {"image": image})


def _serve(
    request: PersonRequest, tag: str, media_type: str, read: Callable[[], bytes]
) -> HttpResponseBase:
    """Return the bytes, or 304 to a browser that has them; nothing in them can run or load
    anything."""
    response = get_conditional_response(request, etag=f'"{tag}"')
    if response is None:
        try:
            response = HttpResponse(read(), content_type=media_type)
        except (ImageMissing, StoreUnavailable) as problem:
            return _failed(problem)
    response["ETag"] = f'"{tag}"'
    # The bytes never change under an id. A private cache may keep them for the login that fetched
    # them: a sign-out changes the cookies, and then every request is asked of the server. A tab
    # that opens the address asks for something else.
    response["Cache-Control"] = f"private, max-age={30 * DAY}, immutable"
    patch_vary_headers(response, ["Cookie", "Accept"])
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _failed(problem: ImageMissing | StoreUnavailable) -> HttpResponse:
    gone = isinstance(problem, ImageMissing)
    status = HTTPStatus.NOT_FOUND if gone else HTTPStatus.SERVICE_UNAVAILABLE
    headers = {"Retry-After": str(RETRY_SECONDS)}
    sentence = problem.sentence
    return HttpResponse(sentence, status=status, content_type="text/plain", headers=headers)


def _file_name(image: Image) -> str:
    """Return its name with the ending of its stored format: a HEIC is stored as JPEG."""
    stem = PurePath(image.name).stem.strip(". ") or "image"
    return stem + (mimetypes.guess_extension(image.content_type) or "")
