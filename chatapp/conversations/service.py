"""The connections of this process to the model service."""

import asyncio

import httpx
from django.conf import settings

from chatapp.inference import InferenceClient, make_http_client

_http: httpx.AsyncClient | None = None
_loop: asyncio.AbstractEventLoop | None = None


def client() -> InferenceClient:
    """Gives a client on the shared connections of the running loop; making them costs 25 ms."""
    global _http, _loop
    if _http is None or _loop is not asyncio.get_running_loop():
        _http, _loop = make_http_client(settings.HTTP_TRANSPORT), asyncio.get_running_loop()
    return InferenceClient(settings.SERVICE, _http)


async def close() -> None:
    global _http
    if _http is not None:
        await _http.aclose()
        _http = None
