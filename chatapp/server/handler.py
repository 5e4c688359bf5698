"""Handle a request with as few visits to its thread as possible: one, if its view is synchronous.

Django's handler visits it once for each check before the view and once for the view.
"""

from inspect import iscoroutinefunction
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch

from chatapp.server.on_loop import run_on_loop


class ResolvingHandler(BaseHandler):
    """Resolve the address of a request once."""

    _view_middleware: Any
    _template_response_middleware: Any
    _exception_middleware: Any
    _get_response: Any

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        match: ResolverMatch = request.resolver_match or super().resolve_request(request)
        return match


class RequestHandler(ResolvingHandler, ASGIHandler):
    """Run all checks together, and a synchronous view with them.

    A check is the `process_view` of a middleware, and synchronous.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        run_on_loop()
        super().load_middleware(is_async)
        self._in_thread = ResolvingHandler()
        self._in_thread._view_middleware = [each.func for each in self._view_middleware]
        self._in_thread._template_response_middleware = []
        self._in_thread._exception_middleware = self._exception_middleware
        self._view_middleware = [sync_to_async(self._check)]

    async def _get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase
        if iscoroutinefunction(self.resolve_request(request).func):
            response = await super()._get_response_async(request)  # type: ignore[misc]
        else:
            response = await sync_to_async(self._in_thread._get_response)(request)
        return response

    def _check(self, *view: Any) -> HttpResponseBase | None:
        """Return the answer of the first check that has one, in place of the view's."""
        answers = (check(*view) for check in self._in_thread._view_middleware)
        return next((answer for answer in answers if answer), None)
