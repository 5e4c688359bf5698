"""/s/<token>/: a shared chat for everybody who has the link, without scripts and sign-in."""

import logging
from collections.abc import Callable
from http import HTTPStatus

import django.db
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from chatapp.images.models import Image
from chatapp.images.store import ImageMissing, StoreUnavailable
from chatapp.server.redirects import see_other
from chatapp.sharing import passwords
from chatapp.sharing.access import open_share, reader
from chatapp.sharing.display import image_of, shown_messages
from chatapp.sharing.models import Share
from chatapp.sharing.views.headers import read_only, with_form

PREFETCH_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
RETRY_SECONDS = 30

logger = logging.getLogger(__name__)


@login_not_required
@require_safe
def page(request: HttpRequest, share_token: str) -> HttpResponse:
    share = open_share(share_token)
    if not passwords.is_unlocked(request, share):
        return _ask_password(request, share)
    person = reader(request)
    _count(
        request, share, is_author=person is not None and person.pk == share.conversation.owner_id
    )
    context = {
        "share": share,
        "messages": shown_messages(share),
        "is_cut": share.snapshot.content.is_cut,
        "is_signed_in": person is not None,
    }
    return read_only(render(request, "sharing/shared.html", context))


@login_not_required
@require_POST
def password(request: HttpRequest, share_token: str) -> HttpResponse:
    share = open_share(share_token)
    response = see_other("shared", share_token)
    if share.password:
        try:
            passwords.check(request, share, request.POST.get("password", ""))
        except passwords.WrongPassword as wrong:
            return _ask_password(request, share, wrong.sentence)
        passwords.remember(response, share)
    return with_form(response)


@login_not_required
@require_safe
def image(request: HttpRequest, share_token: str, number: int) -> HttpResponse:
    row = _image_row(request, share_token, number)
    return _serve(row.content_type, lambda: row.content)


@login_not_required
@require_safe
def thumbnail(request: HttpRequest, share_token: str, number: int) -> HttpResponse:
    row = _image_row(request, share_token, number)
    return _serve(row.thumbnail_media_type, lambda: row.thumbnail)


def _ask_password(request: HttpRequest, share: Share, sentence: str = "") -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if sentence else HTTPStatus.OK
    context = {"token": share.token, "sentence": sentence, "max_length": passwords.MAX_LENGTH}
    return with_form(render(request, "sharing/password.html", context, status=status))


def _count(request: HttpRequest, share: Share, *, is_author: bool) -> None:
    """Count a view, unless the author looks or nobody does yet."""
    is_prefetch = any(
        word in request.headers.get(name, "").lower()
        for name in PREFETCH_HEADERS
        for word in ("prefetch", "preview")
    )
    if request.method != "GET" or is_author or is_prefetch:
        return
    try:
        share.count_view()
    except django.db.Error as error:
        # A full database takes no count; the page can be read all the same.
        logger.warning("A view wasn't counted: %s", type(error).__name__)


def _image_row(request: HttpRequest, share_token: str, number: int) -> Image:
    """Return an image that the share shows. Nothing else decides who sees it here."""
    share = open_share(share_token)
    shown = image_of(share, number) if passwords.is_unlocked(request, share) else None
    if shown is None:
        raise Http404
    return get_object_or_404(Image, pk=shown.image)


def _serve(media_type: str, read: Callable[[], bytes]) -> HttpResponse:
    try:
        response = HttpResponse(read(), content_type=media_type)
    except ImageMissing:
        raise Http404 from None
    except StoreUnavailable:
        headers = {"Retry-After": str(RETRY_SECONDS)}
        response = HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return read_only(response)
