"""The connections of this process to the model service."""

import asyncio

import httpx
from django.conf import settings

from chatapp.inference import InferenceClient, InferenceError, make_http_client
from chatapp.inference.errors import BudgetUsedUp, KeyRefused, WrongAddress
from chatapp.replies import learning, line, live
from chatapp.replies.pace import reading_pause

# The error that the service returns to every request, such as a wrong key, or None.
_refusal: InferenceError | None = None
_http: httpx.AsyncClient | None = None
_client: InferenceClient | None = None
_loop: asyncio.AbstractEventLoop | None = None


def client() -> InferenceClient:
    """Return the client of the running loop. There is one, because it learns what the service
    accepts, and because new connections cost 25 ms."""
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
            knowledge=learning.new_knowledge(),
            prompt_caching=settings.PROMPT_CACHING,
            pause=_pause,
            waits_for_quota=not line.is_registered(),
            on_rate_limits=line.report,
        )
    return _client


def note(failure: InferenceError | None) -> None:
    """Remember how the last request of this process ended; None means that it succeeded."""
    global _refusal
    if failure is None or isinstance(failure, KeyRefused | WrongAddress | BudgetUsedUp):
        _refusal = failure


def refusal() -> InferenceError | None:
    """Return why no request can succeed with this configuration, as far as this process knows."""
    return _refusal


async def close() -> None:
    global _http, _client
    if _http is not None:
        await _http.aclose()
        _http = _client = None


def _pause() -> float:
    """Return the seconds between two reads of a stream, given the replies that run here."""
    return reading_pause(len(live.all_here()))
