"""Live updates: the browser's socket, and Redis, which connects several processes."""

from importlib import import_module
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext

from chatapp.diagnostics.results import Result, by_share, green, heroku, note, red, yellow
from chatapp.realtime.relay import relay

REDIS_SECONDS = 3
UPGRADE = "addons:upgrade REDIS heroku-redis:premium-0"


class Clients(NamedTuple):
    """Connections to Redis, ours among them. `limit` is 0 when Redis doesn't report it."""

    used: int
    limit: int


def check_socket() -> Result:
    """Return what is known without a browser. The page itself measures (`socket-check.js`)."""
    return note(gettext("Needs a browser with scripts. Open /diagnostics/ in one."))


async def check_redis() -> Result:
    """Return whether Redis answers, connects this process with all others, and has room."""
    if not settings.REDIS_URL:
        return green(
            gettext("Not needed for one process. Several without it show changes a second late.")
        )
    # Imported here: Redis takes memory that most instances can save.
    redis_error = import_module("redis.exceptions").RedisError
    try:
        clients = await _count_clients(settings.REDIS_URL)
    except (OSError, redis_error) as error:
        return redis_is_away(type(error).__name__)
    if relay.is_started and not relay.joined:
        return yellow(
            gettext("Redis answers, but this process isn't connected with all others."),
            gettext("This takes a few seconds after a deploy. Run the checks again."),
        )
    return _clients_result(clients)


def redis_is_away(reason: str = "") -> Result:
    found = gettext("Redis doesn't answer%s. Replies made by other processes appear late.")
    fix = gettext("Check its state, and whether REDIS_URL is right.")
    return red(found % (reason and f" ({reason})"), fix, heroku("redis:info"))


async def _count_clients(url: str) -> Clients:
    """Raise OSError or RedisError."""
    options: dict[str, Any] = dict.fromkeys(
        ("socket_timeout", "socket_connect_timeout"), REDIS_SECONDS
    )
    if urlsplit(url).scheme == "rediss":
        options["ssl_cert_reqs"] = "none"  # as in `realtime`: Heroku's certificates are self-signed
    async with import_module("redis.asyncio").Redis.from_url(url, **options) as redis:
        facts = await redis.info("clients")
    return Clients(facts["connected_clients"], facts.get("maxclients", 0))


def _clients_result(clients: Clients) -> Result:
    if relay.is_started:
        state = gettext("All processes are connected.")
    else:
        state = gettext("Redis answers.")
    facts = {"state": state, "used": clients.used, "limit": clients.limit}
    if clients.limit:
        found = gettext("%(state)s %(used)s of %(limit)s connections are open.") % facts
    else:
        found = gettext("%(state)s %(used)s connections are open.") % facts
    fix = gettext("Each process uses two. A larger plan allows more.")
    return by_share(clients.used, clients.limit, found, fix, heroku(UPGRADE))
