"""/pictures/: uploading one, and looking at it."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chatapp.accounts.requests import PersonRequest
from chatapp.conversations.access import visible_picture
from chatapp.conversations.views.answers import error
from chatapp.images.errors import ImageRefused
from chatapp.images.models import Image
from chatapp.images.processing import prepare

DAY = 60 * 60 * 24  # seconds


@require_POST
def upload(request: PersonRequest) -> HttpResponse:
    file = request.FILES.get("image")
    if file is None:
        return error(_("No picture arrived. Attach it again."), HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        prepared = prepare(file, file.name or "")
    except ImageRefused as refusal:
        return error(refusal.sentence, HTTPStatus.UNPROCESSABLE_ENTITY)
    image = Image.objects.keep(request.user, prepared)
    return JsonResponse(
        {
            "id": image.pk,
            "url": reverse("picture", args=[image.pk]),
            "name": image.name,
            "width": image.width,
            "height": image.height,
        },
        status=HTTPStatus.CREATED,
    )


@require_safe
def picture(request: PersonRequest, image_id: UUID) -> HttpResponse:
    image = visible_picture(request.user, image_id)
    response = HttpResponse(image.content, content_type=image.content_type)
    # The bytes never change under an id; a private cache may keep them.
    response["Cache-Control"] = f"private, max-age={30 * DAY}, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
