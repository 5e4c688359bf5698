"""Choose the service that answers from the configuration, and describe it for people."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from .translation import gettext_noop as _

ServiceKind = Literal["heroku", "compatible", "demo", "none"]

HEROKU_DOMAIN = ".inference.heroku.com"


@dataclass(frozen=True, slots=True)
class Service:
    """Hold the address and key of the service.

    `url` has a scheme and neither a trailing slash nor `/v1`; it is empty for kind "none".
    """

    kind: ServiceKind
    url: str = ""
    key: str = field(default="", repr=False)

    @classmethod
    def from_config(cls, url: str, key: str, demo_url: str, on_dyno: bool) -> Service:
        """Return the service that a configuration means; empty strings are values not set.

        The demo answers only when neither URL nor key is set, and never on a dyno, so that nobody
        mistakes it for a real model. Raises ValueError for a URL or a key that can't work.
        """
        key = _clean_key(key)
        if url.strip():
            clean = _clean_url(url)
            if not _host(clean).endswith(HEROKU_DOMAIN):
                return cls("compatible", clean, key)
            return cls("heroku", clean, key) if key else cls("none")
        if demo_url.strip() and not key and not on_dyno:
            return cls("demo", _clean_url(demo_url))
        return cls("none")

    @property
    def sentence(self) -> str:
        """Return which service answers, in English."""
        return self.translated(str)

    def translated(self, translate: Callable[[str], str]) -> str:
        """Return which service answers. `translate` is Django's `gettext`, for example."""
        host = _host(self.url)
        match self.kind:
            case "heroku":
                return f"Heroku Managed Inference ({host.removesuffix(HEROKU_DOMAIN)})"
            case "compatible":
                return translate(_("Compatible server at %(host)s")) % {"host": host}
            case "demo":
                return translate(_("Demo model: not an AI, its answers are canned"))
            case "none":
                return translate(_("No model is connected: set INFERENCE_URL and INFERENCE_KEY"))


def _clean_key(key: str) -> str:
    key = key.strip()
    if not (key.isascii() and key.isprintable()):
        raise ValueError("INFERENCE_KEY contains characters that no key has. Copy it again.")
    return key


def _clean_url(url: str) -> str:
    url = url.strip()
    if "://" not in url:
        scheme = "http" if _is_loopback(_split(f"//{url}").hostname or "") else "https"
        url = f"{scheme}://{url}"
    parts = _split(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("INFERENCE_URL must look like https://us.inference.heroku.com.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("INFERENCE_URL must have no password, query or fragment.")
    path = parts.path.rstrip("/").removesuffix("/v1").rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - checked only when it is read
    except ValueError as error:
        raise ValueError(f"INFERENCE_URL is not an address: {error}.") from error
    return parts


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
