"""Fetching what a link from a person or a model leads to, from the public web only.

Knows nothing of images or pages: the caller judges the content.
"""

from .client import Fetched, fetch
from .errors import (
    BadLink,
    BadRedirect,
    Encoded,
    FetchError,
    NameUnknown,
    NotPublic,
    NotSecure,
    SiteRefused,
    TimedOut,
    TooLarge,
    Unreachable,
)

__all__ = [
    "BadLink",
    "BadRedirect",
    "Encoded",
    "FetchError",
    "Fetched",
    "NameUnknown",
    "NotPublic",
    "NotSecure",
    "SiteRefused",
    "TimedOut",
    "TooLarge",
    "Unreachable",
    "fetch",
]
