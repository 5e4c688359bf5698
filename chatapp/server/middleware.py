"""Serve static files, compress pages, forbid caching, validate text, and bind the request id."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from asgiref.sync import markcoroutinefunction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from chatapp.server import compression, logs
from chatapp.server.async_middleware import AsyncMiddleware
from chatapp.server.on_loop import on_loop
from chatapp.server.valid_text import make_valid, make_valid_json

ACCEPTS_BROTLI = re.compile(r"\bbr\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
MIN_BYTES = 200  # of what is worth compressing
MAX_BYTES_ON_LOOP = 16 * 1024  # of HTML; compressing them takes a third of a millisecond


def _is_page(response: HttpResponseBase) -> bool:
    return bool(response.get("Content-Type", "").startswith("text/html"))


def _is_long_page(request: HttpRequest, response: HttpResponseBase) -> bool:
    is_long = len(getattr(response, "content", b"")) > MAX_BYTES_ON_LOOP
    return is_long and _is_page(response)


class TextCompressionMiddleware(GZipMiddleware):
    """Compress pages, and pad them at random, so that their size doesn't reveal their content.

    Browsers accept Brotli over HTTPS and from this machine, and gzip everywhere.

    What is sent in pieces is a file, which may have images of megabytes inside. Compressing those
    would hold up the loop, and gain nothing.
    """

    __acall__ = on_loop(needs_thread=_is_long_page)  # type: ignore[assignment]

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if response.streaming or not _is_page(response):
            return response
        if ACCEPTS_BROTLI.search(request.headers.get("Accept-Encoding", "")):
            _compress_with_brotli(response)
        return super().process_response(request, response)


def _compress_with_brotli(response: HttpResponseBase) -> None:
    """Do as the gzip middleware does, which leaves alone what has an encoding."""
    content = getattr(response, "content", b"")  # none of a stream
    if len(content) < MIN_BYTES or response.has_header("Content-Encoding"):
        return
    response.content = compression.compress(content)  # type: ignore[attr-defined]
    response["Content-Encoding"] = "br"
    response["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]
    patch_vary_headers(response, ("Accept-Encoding",))


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """Serve static files with WhiteNoise under ASGI, without a thread.

    WhiteNoise's own middleware is synchronous: every request of the app would use a thread, and its
    files, which have a few kilobytes each, would be sent chunk by chunk.
    """

    sync_capable = False
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        super().__init__(get_response)
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        static_file = self.files.get(request.path_info)
        if static_file:
            return self.serve(static_file, request)
        response: HttpResponseBase = await self.get_response(request)
        return response

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        answer = static_file.get_response(request.method, request.META)
        content = b""
        if answer.file:
            with answer.file:
                content = answer.file.read()
        headers = {**dict(answer.headers), "X-Content-Type-Options": "nosniff"}
        return HttpResponse(content, status=int(answer.status), headers=headers)


class NoStoreMiddleware(AsyncMiddleware):
    """Keep every response out of caches, unless its view has set Cache-Control.

    A cached page would still be shown after a sign-out: by Back, by its address, or offline.
    """

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class RequestLogMiddleware(AsyncMiddleware):
    """Add the request id to every line that is logged for a request, also by its tasks."""

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = logs.request_id(request.headers.get("X-Request-ID", ""))
        with logs.fields(request=request_id):
            response: HttpResponseBase = await self.get_response(request)
        return response


class ValidTextMiddleware(AsyncMiddleware):
    """Make all text of a request valid before it is read: query, cookies, form, file names.

    The sender chooses the charset of a form, and UTF-7 can encode half a surrogate pair. Any form
    or cookie can contain NUL, for which Django's form fields would refuse the whole text.
    """

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.GET = _valid_query(request.GET)  # type: ignore[assignment]
        request.COOKIES = make_valid_json(request.COOKIES)
        response: HttpResponseBase = await self.get_response(request)
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        if request.method == "POST":
            _make_form_valid(request)


class DatabaseMissingMiddleware(AsyncMiddleware):
    """Show the page that explains how to add Postgres, on a dyno without it."""

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz":
            response: HttpResponseBase = await self.get_response(request)
            return response
        return render(request, "no_database.html", status=HTTPStatus.SERVICE_UNAVAILABLE)


def _make_form_valid(request: HttpRequest) -> None:
    """Parse the form and make it valid. Call it in a thread: large forms are slow."""
    request.POST = _valid_query(request.POST)  # type: ignore[assignment]
    for _name, files in request.FILES.lists():
        for file in files:
            file.name = make_valid(file.name or "")


def _valid_query(data: QueryDict) -> QueryDict:
    valid = QueryDict(mutable=True, encoding=data.encoding)
    for name, values in data.lists():
        valid.setlist(make_valid(name), [make_valid(str(value)) for value in values])
    valid._mutable = False
    return valid
