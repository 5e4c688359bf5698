"""The cookie from which an open page reads, without asking, whether its person is still here.

A sign-out changes it. A login that expires does not, so the page keeps what was typed.
"""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

COOKIE = "person"
NOBODY = "nobody"  # after a sign-out; a browser without the cookie is one that we know nothing of
YEAR = 60 * 60 * 24 * 365  # seconds; longer than a login


def name_person(request: HttpRequest, response: HttpResponseBase, person_id: UUID) -> None:
    """Write the person who is signed in, if the browser has not got that yet."""
    if request.COOKIES.get(COOKIE) != str(person_id):
        _set(response, str(person_id))


def name_nobody(response: HttpResponseBase) -> None:
    """Write that the last person has signed out."""
    _set(response, NOBODY)


def _set(response: HttpResponseBase, value: str) -> None:
    # Open to scripts: a page that comes back from the browser's memory must know before it is seen.
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(COOKIE, value, max_age=YEAR, samesite="Lax", secure=secure)
