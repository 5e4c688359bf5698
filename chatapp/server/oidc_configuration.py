"""Read CHAT_OIDC_…: the provider with which people may sign in instead of a password."""

from dataclasses import dataclass

from chatapp.server.addresses import is_host, split_url

MAX_ISSUER = 200  # characters: each linked account stores it
MAX_NAME = 40  # characters: it has to fit on a button
LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class OpenIDProvider:
    """A provider of sign-ins. People with an email of one of `domains` may join with `role`."""

    issuer: str
    client_id: str
    client_secret: str
    name: str
    domains: tuple[str, ...]
    role: str


def openid_provider(
    values: dict[str, str], *, name: str, domains: list[str], role: str
) -> OpenIDProvider | None:
    """Return the configured provider, None without one.

    `values` has its issuer, the client's id and its secret, by the names of their config vars.
    Errors never repeat the secret.
    """
    values = {variable: value.strip() for variable, value in values.items()}
    name, allowed = _name(name), _domains(domains)
    stated = [variable for variable, value in values.items() if value]
    if not stated:
        return None
    if missing := [variable for variable, value in values.items() if not value]:
        raise ValueError(f"{stated[0]} also needs {missing[0]}")
    for variable, value in values.items():
        if not (value.isascii() and value.isprintable()):
            raise ValueError(f"{variable} has a character that none has; copy it again")
    issuer, client_id, client_secret = values.values()
    issuer, host = _issuer(issuer)
    return OpenIDProvider(issuer, client_id, client_secret, name or host, allowed, role)


def passwords(are_on: bool, provider: OpenIDProvider | None) -> bool:
    """Return whether people may sign in with a password."""
    if not are_on and provider is None:
        raise ValueError(
            "CHAT_PASSWORDS=false needs CHAT_OIDC_ISSUER, or nobody could sign in any more"
        )
    return are_on


def _issuer(url: str) -> tuple[str, str]:
    """Return the issuer and its host. Without TLS anybody on the way could sign in as anybody."""
    parts = split_url(url, "http", "https")
    host = (parts and parts.hostname) or ""
    is_safe = parts and (parts.scheme == "https" or host in LOCAL)
    is_plain = parts and not (parts.query or parts.fragment or parts.username or " " in url)
    if not (is_safe and is_plain) or len(url) > MAX_ISSUER:
        raise ValueError("CHAT_OIDC_ISSUER must look like https://login.example.com")
    return url.rstrip("/"), host


def _name(name: str) -> str:
    name = name.strip()
    if len(name) > MAX_NAME or not name.isprintable():
        raise ValueError(f"CHAT_OIDC_NAME must be one line of at most {MAX_NAME} characters")
    return name


def _domains(stated: list[str]) -> tuple[str, ...]:
    domains = tuple(domain.strip().lower().removeprefix("@") for domain in stated)
    for domain in filter(None, domains):
        if not is_host(domain) or "." not in domain.strip("."):
            raise ValueError(
                f"CHAT_OIDC_ALLOWED_DOMAINS has {domain!r}. It takes the domains of emails,"
                " separated by commas, such as example.com"
            )
    return tuple(filter(None, domains))
