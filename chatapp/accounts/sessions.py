"""Look up who is signed in, for a page whose session expired, and before reading a large body."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import aget_user
from django.http import HttpRequest, JsonResponse, parse_cookie
from django.middleware.csrf import get_token

from chatapp import background


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
    headers = [value.decode("latin1") for name, value in scope["headers"] if name == b"cookie"]
    cookies = parse_cookie("; ".join(headers))
    request = HttpRequest()
    store = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store(cookies.get(settings.SESSION_COOKIE_NAME))
    try:
        return (await aget_user(request)).pk
    finally:
        # Django doesn't do this for a request that isn't read any further.
        await background.release_connection()
