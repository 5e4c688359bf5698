"""What may be missing, one thing at a time."""

from typing import NamedTuple


class Lost(NamedTuple):
    """Something that is missing, what happens to a message then, and what the owner reads."""

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
        "accept the key",
    ),
    Lost(
        "no-redis",
        {"REDIS_URL": "rediss://127.0.0.1:1"},
        "complete",
        "redis",
        "Redis doesn't answer",
    ),
]
# The README's commands leave this out. The app works without it, and diagnostics report it.
WHOLE = {
    "EMAIL_URL": "smtp://chat:secret@mail.example.com:587",
    "CHAT_EMAIL_FROM": "Chat <chat@example.com>",
    "CHAT_IMAGE_DELIVERY": "inline",  # the demo model fetches no links
}
