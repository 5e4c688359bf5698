"""Decide which requests the demo model refuses, by the commands of the last message or as the
real service would."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from . import images
from .commands import Commands, parse_commands
from .messages import image_urls, prompt_tokens, text_of, wants_title

WINDOW = 200_000  # tokens
# Triggers of the web firewall in front of the service, as its clients have met them. Addresses of
# private hosts count with their scheme only, because leaving it out helped those clients.
FIREWALL = re.compile(
    rb"<script|javascript:|onerror=|\.\./|\{\{|\{%|https?://(?:localhost"
    rb"|(?:10|127)\.\d|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)",
    re.IGNORECASE,
)
MAX_REMEMBERED = 1_000  # messages; the demo runs for weeks on some machines


@dataclass(frozen=True, slots=True)
class Refusal:
    """Hold a refusal. An empty `message` means the usual one; `page` sends the firewall's HTML."""

    status: int
    message: str = ""
    page: bool = False


class Refusals:
    """Remember how often `/flaky` has refused each message.

    The demo model keeps nothing else between requests, apart from its quota. The oldest messages
    are forgotten, and so is an answered message, so that it can be tried again.
    """

    def __init__(self) -> None:
        self._refused: OrderedDict[bytes, int] = OrderedDict()  # times, by digest of the text

    def find(self, request: dict[str, Any], body: bytes) -> Refusal | None:
        """Return the refusal of a request, None to answer it.

        `body` is the request as it was received, because the firewall sees these bytes.
        """
        messages = request["messages"]
        commands = Commands("")
        if messages[-1]["role"] == "user" and not wants_title(messages):
            commands = parse_commands(text_of(messages[-1]))
        if commands.error == "html" or ("firewall" in commands.switches and FIREWALL.search(body)):
            return Refusal(403, page=True)
        if commands.error:
            return Refusal(int(commands.error))
        if error := _error(request, commands):
            return Refusal(400, error)
        if any(map(images.is_refused, _image_urls(messages))):
            return Refusal(422, "failed to fetch image; check the url provided is valid")
        status, times = commands.flaky
        if status and self._fails_again(text_of(messages[-1]), times):
            return Refusal(status)
        return None

    def _fails_again(self, text: str, times: int) -> bool:
        digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
        refused = self._refused.pop(digest, 0)
        if refused >= times:
            return False
        self._refused[digest] = refused + 1
        if len(self._refused) > MAX_REMEMBERED:
            self._refused.popitem(last=False)
        return True


def _image_urls(messages: list[dict[str, Any]]) -> list[str]:
    return [url for message in messages for url in image_urls(message)]


def _error(request: dict[str, Any], commands: Commands) -> str:
    window = WINDOW if commands.window is None else commands.window
    if (count := prompt_tokens(request)) > window:
        return f"prompt is too long: {count} tokens > {window} maximum"
    thinking = request.get("extended_thinking") or {}
    if "nothinking" in commands.switches and thinking.get("enabled"):
        return "extended_thinking is not supported for this model"
    if "newfield" in commands.switches and "max_tokens" in request:
        return "max_tokens is not supported for this model, use max_completion_tokens"
    return ""
