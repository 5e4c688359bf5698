"""Run Django's own middleware on the event loop.

Django visits a thread before and after the view for each of them, which costs far more than the
few headers that they read and write. Settings keep the names by which `check --deploy` knows them.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils.deprecation import MiddlewareMixin

# None of them waits for anything, except for their `process_view`, which `handler` calls.
QUICK = (
    SecurityMiddleware,
    ContentSecurityPolicyMiddleware,
    CommonMiddleware,
    CsrfViewMiddleware,
    AuthenticationMiddleware,
    XFrameOptionsMiddleware,
)

type Call = Callable[[Any, HttpRequest], Coroutine[Any, Any, HttpResponseBase]]


def run_on_loop() -> None:
    """Replace how each of them is called by an asynchronous handler; may be called again."""
    for middleware in QUICK:
        _replace_call(middleware, on_loop())
    # A session is loaded by whoever uses it. Saving one waits for the database.
    _replace_call(SessionMiddleware, on_loop(lambda request, _: bool(request.session.modified)))


def _replace_call(middleware: type[MiddlewareMixin], call: Call) -> None:
    middleware.__acall__ = call  # type: ignore[method-assign,assignment]


def on_loop(
    needs_thread: Callable[[HttpRequest, HttpResponseBase], bool] = lambda *_: False,
) -> Call:
    """Return how an asynchronous handler calls a middleware; `needs_thread` is asked once there is
    a response, and is about processing that."""

    async def call(self: Any, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase | None = None
        if hasattr(self, "process_request"):
            response = self.process_request(request)
        response = response or await self.get_response(request)
        assert response
        if hasattr(self, "process_response"):
            if needs_thread(request, response):
                response = await sync_to_async(self.process_response)(request, response)
            else:
                response = self.process_response(request, response)
        assert response
        return response

    return call
