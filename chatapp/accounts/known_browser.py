"""The cookie by which a browser shows that a person has signed in with it before.

Such a browser has its own count of wrong passwords, so no stranger's guesses keep its person out
(https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies). It is
signed, names no email, and survives a sign-out.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

COOKIE = "browser"
SALT = "chatapp.accounts.known_browser"
MAX_AGE = timedelta(days=365)
RENEW_AFTER = timedelta(days=30)
MAX_PEOPLE = 8  # of one browser; the person who signed in first is forgotten first


@dataclass(frozen=True, slots=True)
class KnownBrowser:
    """A browser by an id of its own, and the people who have signed in with it."""

    id: str
    people: tuple[str, ...]


def known_browser(request: HttpRequest, max_age: timedelta = MAX_AGE) -> KnownBrowser | None:
    """Return the browser of a request; None for one that nobody has signed in with."""
    try:
        browser, people = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=max_age)
    except signing.BadSignature:
        return None
    return KnownBrowser(browser, tuple(people))


def remember_browser(request: HttpRequest, response: HttpResponseBase, person_id: UUID) -> None:
    """Note in the browser that this person has signed in with it, unless it is there already."""
    recent = known_browser(request, RENEW_AFTER)
    if recent and str(person_id) in recent.people:
        return
    known = recent or known_browser(request) or KnownBrowser(str(uuid4()), ())
    others = [person for person in known.people if person != str(person_id)]
    people = [*others, str(person_id)][-MAX_PEOPLE:]
    response.set_cookie(
        COOKIE,
        signing.dumps([known.id, people], salt=SALT),
        max_age=MAX_AGE,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
