"""Requests to the provider, with limits of time and size."""

import time
from typing import Any

import requests

CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 4, 6, 8
MAX_BYTES = 512 * 1024  # keys of large providers take 20 KB
CHUNK = 16 * 1024  # bytes


class TooLarge(requests.RequestException):
    """Report an answer that is larger, or takes longer, than any provider's."""


class LimitedSession(requests.Session):
    """Read whole answers within limits. Redirects aren't followed: they would get the secret."""

    def request(self, *args: Any, **options: Any) -> requests.Response:
        options |= {"timeout": (CONNECT_SECONDS, READ_SECONDS), "stream": True}
        options["allow_redirects"] = False
        end = time.monotonic() + TOTAL_SECONDS
        with super().request(*args, **options) as response:
            body = b""
            for chunk in response.iter_content(CHUNK):
                body += chunk
                if len(body) > MAX_BYTES or time.monotonic() > end:
                    raise TooLarge(response.status_code)
        response._content = body
        return response
