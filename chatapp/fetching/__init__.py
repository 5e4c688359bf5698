"""Fetch the links of people and models, from the public web only.

The caller decides what to do with the content: this package knows nothing of images or pages.
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
