"""Read which models a service lists, where it lists any.

Heroku's list is at /available-models, with dates and replacements of models that are about to go;
compatible servers have /v1/models. Neither is required for anything.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeGuard, cast

import aiohttp
import httpx

from .model_names import is_same_model
from .service import Service

WITH_DATES = "/available-models"
PATHS = (WITH_DATES, "/v1/models")
TIMEOUT = httpx.Timeout(4)  # seconds
MAX_SECONDS = 8.0  # for a whole list: a person may be waiting for an answer
MAX_BYTES = 1024 * 1024  # a gateway may list hundreds of models
DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ].*)?", re.ASCII)
MODEL_ID = re.compile(r"[\w.:/@-]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ListedModel:
    """Hold an entry of the list. Dates and `replacement` are None where it has none.

    `writes_text` is False for a model that only makes images, embeddings or scores.
    """

    id: str
    is_deprecated: bool = False
    ends_on: date | None = None
    replacement: str | None = None
    deprecated_on: date | None = None
    writes_text: bool = True


async def fetch_listing(
    service: Service, http: httpx.AsyncClient, paths: tuple[str, ...] = PATHS
) -> list[ListedModel]:
    """Return the models of the first list that the service has, none when it has no list."""
    for path in paths:
        # The first list is public. The key goes only where a server may ask for it.
        key = service.key if path.startswith("/v1/") else ""
        try:
            async with asyncio.timeout(MAX_SECONDS):
                body = await _get(http, f"{service.url}{path}", key)
        except (TimeoutError, httpx.HTTPError, aiohttp.ClientError):
            continue
        if listed := read_listing(body):
            return listed
    return []


def read_listing(body: bytes) -> list[ListedModel]:
    """Return the models of a list in either form; entries that aren't understood are dropped."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return []
    entries = value.get("data") if isinstance(value, dict) else value
    if not isinstance(entries, list):
        return []
    found = (_entry(entry) for entry in entries if isinstance(entry, dict))
    return [entry for entry in found if entry]


def find_listed(listed: Sequence[ListedModel], model_id: str) -> ListedModel | None:
    """Return the entry of a model, whichever spelling the list has."""
    exact = (one for one in listed if one.id == model_id)
    same = (one for one in listed if is_same_model(one.id, model_id))
    return next(exact, None) or next(same, None)


async def _get(http: httpx.AsyncClient, url: str, key: str) -> bytes:
    headers = {"Accept-Encoding": "identity"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    async with http.stream("GET", url, headers=headers, timeout=TIMEOUT) as response:
        if not response.is_success:
            return b""
        body = b""
        chunks = cast("AsyncGenerator[bytes]", response.aiter_raw())
        async with aclosing(chunks):
            async for chunk in chunks:
                body += chunk
                if len(body) > MAX_BYTES:
                    return b""
    return body


def _entry(entry: dict[str, Any]) -> ListedModel | None:
    model_id = entry.get("model_id", entry.get("id"))
    if not _is_id(model_id):
        return None
    replacement = entry.get("replacement_model")
    return ListedModel(
        model_id,
        entry.get("state") == "deprecated",
        _date(entry.get("eol_date")),
        replacement if _is_id(replacement) else None,
        _date(entry.get("deprecation_date")),
        _writes_text(entry.get("type")),
    )


def _is_id(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and MODEL_ID.fullmatch(value) is not None


def _date(value: object) -> date | None:
    if not isinstance(value, str) or DATE.fullmatch(value) is None:
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def _writes_text(kinds: object) -> bool:
    """Return whether a model may write text; True where the list doesn't say."""
    named = [kinds] if isinstance(kinds, str) else kinds
    if not isinstance(named, list) or not named:
        return True
    return any(kind == "text-to-text" for kind in named)
