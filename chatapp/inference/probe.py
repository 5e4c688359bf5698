"""Send bare requests to a service and keep everything that comes back, to try what it accepts.

Nothing is retried or adapted, and the answer is kept byte for byte.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, cast

import aiohttp
import httpx

from .catalog import TokenField
from .error_body import hide_secrets
from .error_responses import error_from_response
from .errors import (
    InferenceError,
    Interrupted,
    ReplyTooLarge,
    TimedOut,
    Unreachable,
)
from .payload import encode, has_images
from .service import Service
from .sse import EventParser
from .stream import CompletionParser
from .types import CompletionRequest, Delta, ReasoningDelta, TextDelta
from .whole_answers import as_stream, is_document

MAX_SECONDS = 90.0  # of one call: the answers are short, and many calls follow one another
MAX_BYTES = 4 * 1024 * 1024  # of one answer
QUOTA = re.compile(r"ratelimit|^retry-after$")


@dataclass(slots=True)
class Seen:
    """Hold an answer as it arrived, and how the app understands it.

    `status` is 0 when no answer came, `failure` None when it was complete. `longest_gap` is in
    seconds, and so are `arrivals`, the times from the request to each piece of text.
    """

    status: int = 0
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    body: bytearray = field(default_factory=bytearray)
    deltas: list[Delta] = field(default_factory=list)
    failure: InferenceError | None = None
    longest_gap: float = 0.0
    arrivals: list[float] = field(default_factory=list)

    @property
    def is_stream(self) -> bool:
        media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return self.status == 200 and not is_document(self.body, media_type)

    @property
    def accepted(self) -> bool:
        """Return whether the service accepted the request, even if the answer was interrupted."""
        return self.failure is None or bool(self.text or self.reasoning)

    @property
    def text(self) -> str:
        return "".join(delta.text for delta in self.deltas if isinstance(delta, TextDelta))

    @property
    def reasoning(self) -> str:
        return "".join(delta.text for delta in self.deltas if isinstance(delta, ReasoningDelta))

    @property
    def usage(self) -> dict[str, Any]:
        """Return the last usage object of the stream with all its fields, {} if there is none."""
        found = [
            value["usage"] for value in self._objects() if isinstance(value.get("usage"), dict)
        ]
        return found[-1] if found else {}

    def _objects(self) -> list[dict[str, Any]]:
        """Return every JSON object of the stream, without the events that hold none."""
        parser = EventParser()
        values = []
        for event in [*parser.feed(bytes(self.body)), *parser.flush()]:
            try:
                values.append(json.loads(event.data))
            except (ValueError, RecursionError):
                continue  # `failure` reports a broken stream
        return [value for value in values if isinstance(value, dict)]


class Prober:
    """Send bare requests over a shared HTTP client, and collect facts of all answers.

    `calls` counts the requests, `longest_gap` is the longest silence in seconds, and `quotas` has
    the latest headers about quotas and waiting. A call ends after `seconds`.
    """

    def __init__(
        self, service: Service, http: httpx.AsyncClient, *, seconds: float = MAX_SECONDS
    ) -> None:
        self.calls = 0
        self.longest_gap = 0.0
        self.quotas: dict[str, str] = {}
        self._service = service
        self._http = http
        self._seconds = seconds

    async def ask(
        self,
        request: CompletionRequest,
        *,
        token_field: TokenField = "max_tokens",  # noqa: S107 - no secret
    ) -> Seen:
        """Send exactly the bytes that the app would send."""
        # The example of a model card has this header.
        headers = {"X-Forwarded-Proto": "https"} if has_images(request) else {}
        return await self._send(encode(request, token_field=token_field), headers)

    async def send(self, body: Mapping[str, object]) -> Seen:
        """Send a body that the app would not send, without escapes in it."""
        return await self._send(json.dumps(body).encode(), {})

    def hide(self, text: str) -> str:
        """Return the text on one line, without the key and without control characters."""
        return " ".join(printable(hide_secrets(text, self._service.key)).split())

    async def _send(self, content: bytes, headers: Mapping[str, str]) -> Seen:
        headers = {
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            **({"Authorization": f"Bearer {self._service.key}"} if self._service.key else {}),
            **headers,
        }
        url = f"{self._service.url}/v1/chat/completions"
        post = self._http.build_request("POST", url, content=content, headers=headers)
        seen = Seen()
        seen.failure = await self._fill(seen, post)
        self.calls += 1
        self.longest_gap = max(self.longest_gap, seen.longest_gap)
        self.quotas |= {name: value for name, value in seen.headers.items() if QUOTA.search(name)}
        return seen

    async def _fill(self, seen: Seen, post: httpx.Request) -> InferenceError | None:
        """Fill `seen` with the answer, and return what interrupted it, None if nothing did."""
        failure: InferenceError | None = None
        try:
            async with asyncio.timeout(self._seconds):
                await self._read(seen, post)
        except InferenceError as error:
            failure = error
        except TimeoutError as error:
            failure = _caused_by(error, TimedOut())
        except (httpx.HTTPError, aiohttp.ClientError) as error:
            failure = _caused_by(error, Interrupted() if seen.status else Unreachable())
        # A dropped connection must not hide the status.
        if seen.status and not (seen.is_stream or seen.deltas):
            key = self._service.key
            return error_from_response(seen.status, seen.headers, bytes(seen.body), secret=key)
        return failure

    async def _read(self, seen: Seen, post: httpx.Request) -> None:
        clock = asyncio.get_running_loop().time
        last = begun = clock()
        response = await self._http.send(post, stream=True, follow_redirects=False)
        seen.status, seen.headers = response.status_code, response.headers
        parser = CompletionParser(self._service.key)
        chunks = cast("AsyncGenerator[bytes]", response.aiter_raw())
        async with aclosing(response), aclosing(chunks):
            async for chunk in chunks:
                now = clock()
                seen.longest_gap, last = max(seen.longest_gap, now - last), now
                seen.body += chunk
                if len(seen.body) > MAX_BYTES:
                    raise ReplyTooLarge
                if seen.is_stream:
                    deltas = parser.feed(chunk)
                    seen.deltas += deltas
                    seen.arrivals += [now - begun for one in deltas if isinstance(one, TextDelta)]
                if parser.done:
                    break  # a server may leave the connection open
        if seen.status == 200 and not seen.is_stream:
            seen.deltas += parser.feed(as_stream(bytes(seen.body)) or b"")
        for delta in parser.finish():
            seen.deltas.append(delta)


def printable(text: str) -> str:
    """Replace each character that a terminal would obey or can't show by a space."""
    return "".join(character if character.isprintable() else " " for character in text)


def _caused_by(cause: Exception, failure: InferenceError) -> InferenceError:
    failure.__cause__ = cause
    return failure
