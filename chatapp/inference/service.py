"""Choose the service that answers from the configuration, and describe it for people."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from chatapp.server.addresses import is_host

from .translation import gettext_noop as _

ServiceKind = Literal["heroku", "compatible", "demo", "none"]

HEROKU_DOMAIN = ".inference.heroku.com"
ATTACHMENT = "INFERENCE"  # the name that the add-on gets unless another is chosen


@dataclass(frozen=True, slots=True)
class Service:
    """Hold the address and key of the service.

    `url` has a scheme and neither a trailing slash nor `/v1`; it is empty for kind "none".
    `missing` names a config var without which the configured service can't be used. For kind "none"
    without it nothing was configured.
    """

    kind: ServiceKind
    url: str = ""
    key: str = field(default="", repr=False)
    missing: str = ""

    @classmethod
    def from_config(
        cls, url: str, key: str, demo_url: str, on_dyno: bool, attachment: str = ATTACHMENT
    ) -> Service:
        """Return the service that a configuration means; empty strings are values not set.

        The demo answers only when nothing is configured, and never on a dyno, so that nobody
        mistakes it for a real model. `attachment` is the beginning of the config vars' names.
        Raises ValueError for a URL or a key that can't work.
        """
        url_name, key_name = f"{attachment}_URL", f"{attachment}_KEY"
        key = _clean_key(key, key_name)
        if url.strip():
            clean = _clean_url(url, url_name)
            if not _host(clean).endswith(HEROKU_DOMAIN):
                return cls("compatible", clean, key)
            return cls("heroku", clean, key) if key else cls("none", missing=key_name)
        if key:
            return cls("none", missing=url_name)
        if attachment != ATTACHMENT:
            return cls("none", missing=url_name)
        if demo_url.strip() and not on_dyno:
            return cls("demo", _clean_url(demo_url, "CHAT_DEMO_URL"))
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
                if not self.missing:
                    return translate(
                        _("No model is connected: set INFERENCE_URL and INFERENCE_KEY")
                    )
                text = translate(_("No model is connected: %(missing)s isn't set"))
                return text % {"missing": self.missing}


def _clean_key(key: str, name: str) -> str:
    key = key.strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ValueError(f"{name} contains characters that no key has. Copy it again.")
    return key


def _clean_url(url: str, name: str) -> str:
    url = url.strip()
    if "://" not in url:
        scheme = "http" if _is_loopback(_split(f"//{url}", name).hostname or "") else "https"
        url = f"{scheme}://{url}"
    parts = _split(url, name)
    if parts.scheme not in ("http", "https") or not is_host(parts.hostname or ""):
        raise ValueError(f"{name} must look like https://us.inference.heroku.com.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(f"{name} must have no password, query or fragment.")
    path = parts.path.rstrip("/").removesuffix("/v1").rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _split(url: str, name: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - checked only when it is read
    except ValueError as error:
        # The error may repeat a password.
        raise ValueError(f"{name} must look like https://us.inference.heroku.com.") from error
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
