"""What Redis says of itself. Imported only where REDIS_URL is set."""

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.exceptions import RedisError

SECONDS = 3
TROUBLE = (OSError, RedisError)


class Clients(NamedTuple):
    """`limit` is 0 when it is not told."""

    used: int
    limit: int


async def clients(url: str) -> Clients:
    """The connections that are open, ours among them. Raises one of TROUBLE."""
    options: dict[str, Any] = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS}
    if urlsplit(url).scheme == "rediss":
        options["ssl_cert_reqs"] = "none"  # as in redis_line.py: they are signed by nobody
    async with Redis.from_url(url, **options) as redis:
        facts = await redis.info("clients")
    return Clients(facts["connected_clients"], facts.get("maxclients", 0))
