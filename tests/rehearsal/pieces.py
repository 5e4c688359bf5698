"""Pieces that may be missing, one at a time."""

from typing import NamedTuple


class Lost(NamedTuple):
    """A piece that is missing, what comes of a message then, and what the owner is told."""

    config: dict[str, str | None]
    status: str
    check: str
    notice: str


LOST = [
    Lost(
        {"INFERENCE_URL": None, "INFERENCE_KEY": None},
        "failed",
        "service",
        "heroku addons:create heroku-inference:standard",
    ),
    Lost({"INFERENCE_KEY": "inf-wrong"}, "failed", "service", "does not accept the key"),
    Lost({"REDIS_URL": "rediss://127.0.0.1:1"}, "complete", "processes", "Redis does not answer"),
]
