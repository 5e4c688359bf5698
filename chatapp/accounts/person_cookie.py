"""The cookie by which an open page knows, without a request, whose browser this is.

A sign-out changes it. An expired session doesn't, so the page keeps what was typed.
"""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

COOKIE = "person"
SIGNED_OUT = (
    "nobody"  # after a sign-out; a browser without the cookie is one that we know nothing of
)
MAX_AGE_SECONDS = 60 * 60 * 24 * 365  # seconds; longer than a login


def write_person(request: HttpRequest, response: HttpResponseBase, person_id: UUID) -> None:
    """Write the id of the signed-in person, if the browser doesn't have it yet."""
    if request.COOKIES.get(COOKIE) != str(person_id):
        _set(response, str(person_id))


def write_signed_out(response: HttpResponseBase) -> None:
    """Write that the person has signed out."""
    _set(response, SIGNED_OUT)


def _set(response: HttpResponseBase, value: str) -> None:
    # Scripts may read it: a page restored from the browser's memory must check it before it shows.
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(COOKIE, value, max_age=MAX_AGE_SECONDS, samesite="Lax", secure=secure)
