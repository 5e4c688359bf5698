"""Answer requests whose body `body.py` refuses to read."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chatapp.server.async_middleware import AsyncMiddleware
from chatapp.server.bodies.body import Refusal
from chatapp.server.bodies.limit import REFUSAL
from chatapp.server.request_values import wants_json

RETRY_AFTER_SECONDS = 3  # short, because the request has already waited for capacity


class BodyRefusalMiddleware(AsyncMiddleware):
    """Answer in place of the view. Other middleware that would read the form comes later."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, named: Any
    ) -> HttpResponse | None:
        refusal: Refusal | None = getattr(request, "scope", {}).get(REFUSAL)
        return self._answer(request, view, refusal) if refusal else None

    def signed_out(self, request: HttpRequest, view: Callable[..., Any]) -> HttpResponse:
        """Answer a person who must sign in before sending so much."""
        words = Words(_("You're signed out"), _("Sign in again."), _("Then send it again."))
        return _refuse(request, HTTPStatus.UNAUTHORIZED, words)

    def _answer(
        self, request: HttpRequest, view: Callable[..., Any], refusal: Refusal
    ) -> HttpResponse:
        if refusal.status == HTTPStatus.UNAUTHORIZED:
            return self.signed_out(request, view)
        if refusal.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return too_large(request, refusal.limit)
        if refusal.status == HTTPStatus.REQUEST_TIMEOUT:
            return _refuse(request, refusal.status, _too_slow())
        answer = _refuse(request, refusal.status, _busy())
        answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return answer


def too_large(request: HttpRequest, limit: int) -> HttpResponse:
    """Answer a request that has more than `limit` bytes."""
    words = Words(
        _("That's too much at once"),
        _("You can send at most %(limit)s here.") % {"limit": _size(limit)},
        _("Send a shorter text, or fewer or smaller files."),
    )
    return _refuse(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, words)


class Words(NamedTuple):
    heading: str
    sentence: str  # what happened
    advice: str  # what to do


def _too_slow() -> Words:
    return Words(
        _("That took too long"),
        _("Your upload was too slow."),
        _("Try again when your connection is better."),
    )


def _busy() -> Words:
    return Words(
        _("Too many uploads at once"),
        _("The server is busy with other uploads."),
        _("Try again in a moment."),
    )


def _size(count: int) -> str:
    return f"{count // 1024**2} MB" if count >= 1024**2 else f"{count // 1024} KB"


def _refuse(request: HttpRequest, status: HTTPStatus, words: Words) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"error": f"{words.sentence} {words.advice}"}, status=status)
    return render(request, "body_refused.html", words._asdict(), status=status)
