"""Pieces that may be missing, one at a time."""

from typing import NamedTuple


class Lost(NamedTuple):
    """A piece that is missing, what comes of a message then, and what the owner is told."""

    name: str
    config: dict[str, str | None]
    status: str
    check: str
    notice: str


LOST = [
    Lost(
        "no-service",
        {"INFERENCE_URL": None, "INFERENCE_KEY": None},
        "failed",
        "service",
        "heroku addons:create heroku-inference:standard",
    ),
    Lost(
        "wrong-key",
        {"INFERENCE_KEY": "inf-wrong"},
        "failed",
        "service",
        "does not accept the key",
    ),
    Lost(
        "no-redis",
        {"REDIS_URL": "rediss://127.0.0.1:1"},
        "complete",
        "processes",
        "Redis does not answer",
    ),
]
# What the README's commands leave out: without these the app works, and the diagnostics report it.
WHOLE = {
    "EMAIL_URL": "smtp://chat:secret@mail.example.com:587",
    "CHAT_EMAIL_FROM": "Chat <chat@example.com>",
    "CHAT_IMAGE_DELIVERY": "inline",  # the demo model fetches no links
}
