"""Who is signed in: for a page that stood open while its login ended, and before a large request is
read."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import aget_user
from django.http import HttpRequest, JsonResponse, parse_cookie
from django.middleware.csrf import get_token

from chatapp import background


def who_is_here(request: HttpRequest) -> JsonResponse:
    """The person, or None, and the token of forms, which every sign-in changes.

    The token's cookie is closed to scripts. Other sites can ask for this, but not read it.
    """
    body = {"person": request.user.pk, "token": get_token(request)}
    headers = {"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"}
    return JsonResponse(body, headers=headers)


async def find_person(scope: dict[str, Any]) -> Any:
    """Return the id of the person whose session a request shows; None for a stranger.

    The session must be in the database and valid, the person active. `scope` is that of an ASGI
    application: this is asked before Django has a request.
    """
    if settings.DATABASE_MISSING:
        return None
    headers = [value.decode("latin1") for name, value in scope["headers"] if name == b"cookie"]
    cookies = parse_cookie("; ".join(headers))
    request = HttpRequest()
    store = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store(cookies.get(settings.SESSION_COOKIE_NAME))
    try:
        return (await aget_user(request)).pk
    finally:
        # Nobody else does this for a request that isn't read any further.
        await background.give_back_connection()
