"""Helpers for browser tests of drafts."""

import re
from typing import Any

from tests.system.conftest import Chat


def is_save(about: Any) -> bool:
    """A request that saves a draft, or the answer to it."""
    request = getattr(about, "request", about)
    return request.method == "POST" and bool(re.search("/draft$", request.url))


def write(chat: Chat, text: str) -> None:
    """Type, and wait until the server has it."""
    with chat.page.expect_response(is_save) as saved:
        chat.box.fill(text)
    assert saved.value.status == 204
