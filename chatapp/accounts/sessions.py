"""Look up who is signed in: for a page whose session expired, a large body, and a socket."""

from importlib import import_module
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, JsonResponse, parse_cookie
from django.middleware.csrf import get_token

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.accounts.signed_in import signed_in_person
from chatapp.accounts.two_step.requirement import lacks_two_step
from chatapp.realtime.gate import Application, Event, Receive, Send


def session_response(request: HttpRequest) -> JsonResponse:
    """Return the person's id, or None, and the CSRF token, which every sign-in changes.

    Scripts can't read the token's cookie. Other sites can request this page, but not read it.
    """
    body = {"person": request.user.pk, "token": get_token(request)}
    headers = {"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"}
    return JsonResponse(body, headers=headers)


async def find_person(scope: dict[str, Any]) -> Any:
    """Return the id of the person whose session a request has, None for a stranger.

    The session must be in the database and valid, the person active. Takes the ASGI `scope`,
    because Django has no request yet.
    """
    if settings.DATABASE_MISSING:
        return None
    try:
        return (await sync_to_async(_ready_person)(_request(scope))).pk
    finally:
        # Django doesn't do this for a request that isn't read any further.
        await background.release_connection()


class SocketSignIn:
    """Add the session and the person to the scope of a socket, as Channels does in more steps."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        request = _request(scope)
        person = await sync_to_async(_person_alone)(request)
        known = {**scope, "session": request.session, "user": person}
        await self._application(known, receive, send)


def _request(scope: Event) -> HttpRequest:
    """Return a request with the session of the cookies, which isn't loaded yet."""
    headers = [value.decode("latin1") for name, value in scope["headers"] if name == b"cookie"]
    cookies = parse_cookie("; ".join(headers))
    request = HttpRequest()
    store = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store(cookies.get(settings.SESSION_COOKIE_NAME))
    return request


def _ready_person(request: HttpRequest) -> Person | AnonymousUser:
    """Return the person, but nobody for one who must set up two-step sign-in first."""
    person = signed_in_person(request)
    if isinstance(person, Person) and lacks_two_step(person):
        return AnonymousUser()
    return person


def _person_alone(request: HttpRequest) -> Person | AnonymousUser:
    """Look up the person in a thread that belongs to no request, and release its connection."""
    background.release_connections()
    try:
        return _ready_person(request)
    finally:
        background.release_connections()
