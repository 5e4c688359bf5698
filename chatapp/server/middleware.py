"""Static files on the event loop, compressed pages, nothing in caches, names for the log."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from asgiref.sync import markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from chatapp.server import logs
from chatapp.server.valid_text import make_valid, make_valid_json


class TextCompressionMiddleware(GZipMiddleware):
    """Compresses pages, not images; pads them at random against guessing what is in them."""

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


class NoStoreMiddleware:
    """Keep every response out of every cache, unless its view has said how it may be kept.

    What a cache holds is shown after a sign-out too: by Back, by its address, without a network.
    """

    sync_capable = False
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class RequestLogMiddleware:
    """Whatever is logged while a request is worked on, also by tasks that it began, names it."""

    sync_capable = False
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = logs.request_id(request.headers.get("X-Request-ID", ""))
        with logs.fields(request=request_id):
            response: HttpResponseBase = await self.get_response(request)
        return response


class ValidTextMiddleware:
    """Makes all text of a request valid before it is read: query, cookies, form, names of files.

    A form is in the charset that its sender names, and UTF-7 can hold half a surrogate pair. Any
    form or cookie can hold NUL, for which Django's form fields would refuse the whole text.
    """

    sync_capable = False
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.GET = _valid_query(request.GET)  # type: ignore[assignment]
        request.COOKIES = make_valid_json(request.COOKIES)
        response: HttpResponseBase = await self.get_response(request)
        return response

    async def process_view(self, request: HttpRequest, *_view: Any) -> None:
        if request.method == "POST":
            await sync_to_async(_make_form_valid)(request)


class DatabaseMissingMiddleware:
    """On a dyno without Postgres every page is the one that says how to add it."""

    sync_capable = False
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz":
            response: HttpResponseBase = await self.get_response(request)
            return response
        return render(request, "no_database.html", status=HTTPStatus.SERVICE_UNAVAILABLE)


def _make_form_valid(request: HttpRequest) -> None:
    """Parse the form and make it valid. Slow for a large one: for a thread."""
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
