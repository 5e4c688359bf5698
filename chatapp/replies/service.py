"""The connections of this process to the model service."""

import asyncio

import httpx
from django.conf import settings

from chatapp.inference import InferenceClient, InferenceError, make_http_client
from chatapp.inference.errors import KeyRefused, WrongAddress
from chatapp.replies import live
from chatapp.replies.pace import reading_pause

# What the service says to every request, such as that the key is wrong; None when it takes them.
_refusal: InferenceError | None = None
_http: httpx.AsyncClient | None = None
_client: InferenceClient | None = None
_loop: asyncio.AbstractEventLoop | None = None


def client() -> InferenceClient:
    """Gives the client of the running loop: one, because it learns what the service accepts, and
    because making its connections costs 25 ms."""
    global _http, _client, _loop, _refusal
    if _http is None or _loop is not asyncio.get_running_loop():
        _http, _loop = make_http_client(settings.HTTP_TRANSPORT), asyncio.get_running_loop()
        _client = None
    if _client is None or _client.service is not settings.SERVICE:
        _refusal = None
        _client = InferenceClient(
            settings.SERVICE,
            _http,
            catalog=settings.CATALOG,
            prompt_caching=settings.PROMPT_CACHING,
            pause=_pause,
        )
    return _client


def note(failure: InferenceError | None) -> None:
    """Remembers how the last request of this process ended; None is well."""
    global _refusal
    if failure is None or isinstance(failure, KeyRefused | WrongAddress):
        _refusal = failure


def refusal() -> InferenceError | None:
    """Why no request can succeed as the service is configured, as far as this process knows."""
    return _refusal


async def close() -> None:
    global _http, _client
    if _http is not None:
        await _http.aclose()
        _http = _client = None


def _pause() -> float:
    """Seconds between two readings of a stream, by the number of replies that run here."""
    return reading_pause(len(live.all_here()))
