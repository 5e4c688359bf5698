"""Who is signed in, for a page that stood open while its login ended."""

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token


def who_is_here(request: HttpRequest) -> JsonResponse:
    """The person, or None, and the token of forms, which every sign-in changes.

    The token's cookie is closed to scripts. Other sites can ask for this, but not read it.
    """
    body = {"person": request.user.pk, "token": get_token(request)}
    headers = {"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"}
    return JsonResponse(body, headers=headers)
