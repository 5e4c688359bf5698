"""Configure the log: one line of `key=value` pairs per event, even for messages with line ends.

`fields` adds fields to every line while its block runs, such as the request or the reply. Texts of
people and models are never logged.
"""

import logging
import logging.config
import re
import sys
import traceback
import uuid
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from structlog.contextvars import bind_contextvars, bound_contextvars, get_contextvars

from chatapp.server.database_errors import kind_of

SHORT_FIELDS = ("outcome", "model", "seconds")
MAX_FRAMES = 6  # of a traceback
REQUEST_ID = re.compile(r"[\w.:+/=-]{1,200}", re.ASCII)  # the platform forwards at most 200

fields = bound_contextvars
bind = bind_contextvars
bound = get_contextvars


def configuration(level: str) -> dict[str, Any]:
    """Return Django's LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "chatapp.server.logs.line_formatter"}},
        "filters": {
            "database": {"()": "chatapp.server.logs.DatabaseErrorFilter"},
            "addresses": {"()": "chatapp.server.secret_addresses.SecretAddressFilter"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["addresses"],
                "stream": sys.stderr,
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "httpx": {"level": "WARNING"},
            "uvicorn": {"level": "WARNING"},
            # It logs a traceback a second while Redis is away; redis_connection.py logs it once.
            "channels_redis.pubsub": {"level": "CRITICAL"},
            "django.request": {"level": "ERROR", "filters": ["database"]},
            # It logs a traceback for every request with another host; the page explains it.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }


class DatabaseErrorFilter(logging.Filter):
    """Log one line without a traceback for each request that fails because the database is away."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if kind := kind_of(error):
            record.exc_info, record.exc_text = None, None
            record.database, record.error = kind, type(error).__name__
        return True


def line_formatter() -> logging.Formatter:
    """Return a formatter for `logging`, because libraries log through it too."""
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


class ShortFormatter(logging.Formatter):
    """Write what a person at a terminal wants to know: no ids, warnings and errors in full."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(message)s", "%H:%M:%S")
        self._whole = line_formatter()

    def format(self, record: logging.LogRecord) -> str:
        if record.levelno > logging.INFO:
            return self._whole.format(record)
        values = [str(getattr(record, name)) for name in SHORT_FIELDS if hasattr(record, name)]
        return ": ".join(filter(None, [super().format(record), ", ".join(values)]))


def use_short_lines() -> None:
    """Shorten the log of this process, which a person reads at a terminal.

    The setting changes too, because Django applies it again when the application is loaded.
    """
    settings.LOGGING["formatters"]["line"]["()"] = "chatapp.server.logs.ShortFormatter"
    logging.config.dictConfig(settings.LOGGING)


def request_id(given: str) -> str:
    """Return the router's id of a request, so that its log and ours can be compared."""
    return given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def place(fault: BaseException) -> str:
    """Return the type and place of an error without its message.

    Messages of libraries quote their input, which may be a password or a person's text.
    """
    frames = traceback.extract_tb(fault.__traceback__)[-MAX_FRAMES:]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(fault).__name__} at {places}"
