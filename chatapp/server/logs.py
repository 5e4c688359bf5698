"""The log: one line per event, as `key=value` pairs, whatever a message or a traceback holds.

Fields that hold for a while, such as the request or the reply that is worked on, are bound with
`fields` and stand in every line until it ends. What people and models write is never logged.
"""

import logging
import re
import sys
import traceback
import uuid
from pathlib import Path
from typing import Any

import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, get_contextvars

FRAMES = 6  # of a fault
REQUEST_ID = re.compile(r"[\w.:+/=-]{1,200}", re.ASCII)  # 200 is what the platform passes on

fields = bound_contextvars
bind = bind_contextvars
bound = get_contextvars


def configuration(level: str) -> dict[str, Any]:
    """For Django's LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "chatapp.server.logs.line_formatter"}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "stream": sys.stderr,
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "httpx": {"level": "WARNING"},
            "uvicorn": {"level": "WARNING"},
            # It prints a traceback a second while Redis is away; redis_line.py says it once.
            "channels_redis.pubsub": {"level": "CRITICAL"},
            "django.request": {"level": "ERROR"},
            # A traceback for every request by another name; the page says what to do.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }


def line_formatter() -> logging.Formatter:
    """For `logging` alone: libraries log through it too."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(
                key_order=["level", "logger", "event"], bool_as_flag=False
            ),
        ],
    )


def request_id(given: str) -> str:
    """What the router called a request, so that its log and ours can be read together."""
    return given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def place(fault: BaseException) -> str:
    """What happened and where, without its message: the words of libraries quote what they were
    given, and that may be a password or what a person wrote."""
    frames = traceback.extract_tb(fault.__traceback__)[-FRAMES:]
    places = " < ".join(f"{Path(one.filename).name}:{one.lineno}" for one in reversed(frames))
    return f"{type(fault).__name__} at {places}"
