"""/m/<token>: an image for the model service, which can't sign in."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from chatapp.images.models import Image
from chatapp.images.store import ImageMissing, StoreUnavailable
from chatapp.replies.prompt import image_delivery


@login_not_required
@require_safe
def image_for_model(request: HttpRequest, token: str) -> HttpResponse:
    """Return the image of a signed link that hasn't expired; anything else is not found."""
    image_id = image_delivery.linked(token)
    if image_id is None:
        raise Http404
    image = get_object_or_404(Image, pk=image_id)
    try:
        content = image.content
    except ImageMissing:
        raise Http404 from None
    except StoreUnavailable:
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    response = HttpResponse(content, content_type=image.content_type)
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
