"""Fetch JSON from another service, with limits of time and size."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx
import msgspec
from django.utils.translation import gettext

from chatapp.fetching.network import public_tls
from chatapp.server.valid_text import make_valid_source

from .tool import ToolFailed

TIMEOUT = httpx.Timeout(5)  # seconds, for each of connecting, writing and the next bytes
TOTAL_SECONDS = 12
MAX_BYTES = 1024 * 1024
TOO_MANY_REQUESTS = 429

Parameters = Mapping[str, str | float]


async def fetch_json[T](service: str, url: str, parameters: Parameters, kind: type[T]) -> T:
    """Fetch `url` and return its JSON as `kind`. Raises ToolFailed, also for another shape.

    `service` is its name for people. Use it only for services that the owner of the instance
    chose; addresses of people and models go through `chatapp.fetching`.
    """
    try:
        async with asyncio.timeout(TOTAL_SECONDS):
            status, content = await _get(url, parameters)
    except (TimeoutError, httpx.TimeoutException) as error:
        raise _failed(gettext("%(service)s took too long to answer."), service) from error
    except httpx.HTTPError as error:
        raise _failed(gettext("%(service)s can't be reached."), service) from error
    if status == TOO_MANY_REQUESTS:
        raise _failed(gettext("%(service)s has too many requests. Try again later."), service)
    if status != httpx.codes.OK:
        sentence = gettext("%(service)s didn't answer (HTTP %(status)d).")
        raise _failed(sentence, service, status=status)
    try:
        source = make_valid_source(content.decode("utf-8", "replace"))
        return msgspec.json.decode(source, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        sentence = gettext("The answer of %(service)s can't be read.")
        raise _failed(sentence, service) from error


async def _get(url: str, parameters: Parameters) -> tuple[int, bytes]:
    """Return the status and the content, of which little more than MAX_BYTES is read."""
    tls = await asyncio.to_thread(public_tls)
    content = b""
    async with (
        httpx.AsyncClient(verify=tls, timeout=TIMEOUT, trust_env=False) as client,
        client.stream("GET", url, params=parameters) as answer,
    ):
        async for piece in answer.aiter_bytes():
            content += piece
            if len(content) > MAX_BYTES:
                break
    return answer.status_code, content


def _failed(sentence: str, service: str, **words: object) -> ToolFailed:
    return ToolFailed(sentence % {"service": service, **words})
