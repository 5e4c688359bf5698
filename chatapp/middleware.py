"""Static files on the event loop, and compressed pages."""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile


class TextCompressionMiddleware(GZipMiddleware):
    """Compresses pages, not pictures; pads them at random against guessing what is in them."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if response.get("Content-Type", "").startswith("text/html"):
            return super().process_response(request, response)
        return response


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise that works under ASGI without a thread.

    WhiteNoise's own is synchronous: it would send every request of the whole app through a thread
    on its way in, and its files, which are a few kilobytes each, chunk by chunk.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        super().__init__(get_response)
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if iscoroutinefunction(self):
            return self._on_the_loop(request)
        return self._file(request) or self.get_response(request)

    async def _on_the_loop(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = self._file(request) or await self.get_response(request)
        return response

    def _file(self, request: HttpRequest) -> HttpResponse | None:
        static_file = self.files.get(request.path_info)
        return self.serve(static_file, request) if static_file else None

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        answer = static_file.get_response(request.method, request.META)
        content = b""
        if answer.file:
            with answer.file:
                content = answer.file.read()
        return HttpResponse(content, status=int(answer.status), headers=dict(answer.headers))
