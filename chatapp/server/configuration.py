"""Read the config vars that need more than one line.

Each function refuses an invalid value with a ValueError whose text names the config var.
"""

import re
from collections.abc import Callable, Iterable
from email.utils import formataddr, parseaddr
from zoneinfo import ZoneInfo

from environs import Env, EnvError

from chatapp.server.addresses import is_host, split_url

MIN_SETUP_CODE_CHARACTERS = 12  # too many to guess, also from many addresses
MAX_SITE_NAME = 40  # characters: it has to fit into the sidebar
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
READER_ERROR = re.compile(r"""Environment variable "(\w+)" (?:invalid: \[["'](.*)["']\]|(.*))""")


def sentence(error: EnvError | ValueError) -> str:
    """Return the error as one sentence that names the config var."""
    text = " ".join(str(error).split())
    if match := READER_ERROR.fullmatch(text):
        return f"{match[1]} can't be used: {match[2] or match[3]}"
    return text


def naming[**P, T](name: str, read: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """Read a value whose errors don't name the config var."""
    try:
        return read(*args, **options)
    except ValueError as error:
        raise ValueError(f"{name} can't be used: {error}") from error


def redis_url(url: str) -> str:
    """Check redis://:password@host:port/0, or rediss://… with TLS; "" means no Redis.

    The error doesn't repeat the URL, which contains a password.
    """
    url = url.strip()
    parts = split_url(url, "redis", "rediss")
    fits = parts and re.fullmatch("/?[0-9]*", parts.path)
    if url and not fits:
        raise ValueError(
            "REDIS_URL must look like redis://host:6379 or rediss://:password@host:6379"
        )
    if parts and parts.query:
        _check_redis_options(url)
    return url


def _check_redis_options(url: str) -> None:
    # Imported where there are options: the package takes memory.
    from redis.asyncio import ConnectionPool

    try:
        ConnectionPool.from_url(url).make_connection()
    except (TypeError, ValueError) as error:
        raise ValueError("REDIS_URL has options after the ? that Redis doesn't know") from error


def weather_urls(env: Env) -> tuple[str, str]:
    """Return the addresses of Open-Meteo's forecast and geocoding, or of compatible servers."""
    now = env.str("CHAT_WEATHER_URL", "https://api.open-meteo.com")
    places = env.str("CHAT_GEOCODING_URL", "https://geocoding-api.open-meteo.com")
    return base_url("CHAT_WEATHER_URL", now), base_url("CHAT_GEOCODING_URL", places)


def base_url(name: str, url: str) -> str:
    """Check the address of a service, http(s)://host with or without a path."""
    url = url.strip().rstrip("/")
    parts = split_url(url, "http", "https")
    if not parts or parts.query or parts.fragment:
        raise ValueError(f"{name} must look like https://host")
    return url


def attachment(name: str) -> str:
    """Return the prefix of the service's config vars, the name by which the add-on is attached."""
    if not re.fullmatch("[A-Z][A-Z0-9_]*", name):
        raise ValueError("CHAT_INFERENCE_ATTACHMENT must be a name such as INFERENCE")
    return name


def model_id(text: str, attachment: str) -> str:
    """Return the id of the model that is offered first, "" for the catalogue's own order."""
    text = text.strip()
    if not text.isprintable():
        raise ValueError(f"{attachment}_MODEL_ID must be one model's id, such as claude-sonnet-4-6")
    return text


def site_name(name: str) -> str:
    """Return the name of the app, on one line."""
    name = name.strip()
    if len(name) > MAX_SITE_NAME or not name.isprintable():
        raise ValueError(f"CHAT_SITE_NAME must be one line of at most {MAX_SITE_NAME} characters")
    return name or "Chat"


def sender(address: str, name: str) -> str:
    """Return who emails come from; without an address, the site by its name."""
    address = address.strip()
    user, _, host = parseaddr(address)[1].rpartition("@")
    if address and not (user and is_host(host) and address.isprintable()):
        raise ValueError("CHAT_EMAIL_FROM must look like Chat <chat@example.com>")
    return address or formataddr((name, "chat@localhost"))


def setup_code(code: str) -> str:
    """Return the code that the first visitor must know, "" for none."""
    code = code.strip()
    if code and len(code) < MIN_SETUP_CODE_CHARACTERS:
        raise ValueError(f"CHAT_SETUP_CODE needs at least {MIN_SETUP_CODE_CHARACTERS} characters")
    return code


def hosts(stated: list[str], on_dyno: bool, own_name: str) -> list[str]:
    """Return the allowed hosts: those that are listed, and on a dyno its own name.

    A dyno without any name accepts all: the router only forwards requests for this app.
    """
    stated = [host.strip() for host in stated if host.strip()]
    for host in stated:
        if host != "*" and not is_host(host.removeprefix(".").removeprefix("[").removesuffix("]")):
            raise ValueError(
                f"ALLOWED_HOSTS has {host!r}. It takes host names separated by commas, without"
                " https:// and without a port"
            )
    if not on_dyno:
        return stated or ["localhost", "127.0.0.1", "[::1]"]
    if not (stated or own_name):
        return ["*"]
    return list(dict.fromkeys([*stated, *filter(None, [own_name])]))


def public_origin(stated: str, on_dyno: bool, hosts: list[str], own_name: str) -> str:
    """Return the origin for links to the model service, such as https://chat.example.com, or "".

    Without CHAT_PUBLIC_ORIGIN a dyno uses its own name, which it knows if dyno metadata are
    enabled, or the only host that is listed.
    """
    stated = stated.strip().rstrip("/")
    parts = split_url(stated, "https")
    if stated and (not parts or parts.path or parts.query or parts.fragment or parts.username):
        raise ValueError("CHAT_PUBLIC_ORIGIN must look like https://chat.example.com")
    if stated or not on_dyno:
        return stated
    names = [host for host in hosts if "*" not in host and not host.startswith(".")]
    host = own_name or (names[0] if len(names) == 1 else "")
    return f"https://{host}" if host else ""


def tools(stated: list[str], every: str, find: Callable[[], Iterable[str]]) -> list[str]:
    """Return the names of the tools that are on in new chats; `every` means all of them.

    They are only looked for when one is named, because that imports each of them.
    """
    stated = [name.strip() for name in stated if name.strip()]
    if named := [name for name in stated if name != every]:
        known = [every, *find()]
        if unknown := [name for name in named if name not in known]:
            raise ValueError(f"CHAT_TOOLS names {unknown[0]!r}. There is: {', '.join(known)}")
    return stated


def time_zone(key: str) -> str:
    """Return the key of a time zone in the time zone database."""
    key = key.strip() or "UTC"
    try:
        ZoneInfo(key)
    except (ValueError, KeyError, OSError):
        raise ValueError("CHAT_TIME_ZONE must be a time zone such as Europe/Berlin") from None
    return key


def log_level(level: str) -> str:
    level = level.strip().upper()
    if level not in LOG_LEVELS:
        raise ValueError(f"CHAT_LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}")
    return level


def workers(count: int, redis_url: str) -> int:
    """Return the number of server processes."""
    if count > 1 and not redis_url:
        raise ValueError(f"WEB_WORKERS={count} needs REDIS_URL, which joins the processes")
    return count
