"""Redis, which joins several processes, where one is configured."""

from importlib import import_module

from django.conf import settings
from django.utils.translation import gettext

from chatapp.doctor.commands import heroku
from chatapp.doctor.result import Result, by_share, green, red, yellow
from chatapp.realtime.relay import relay

UPGRADE = "addons:upgrade REDIS heroku-redis:premium-0"


async def look() -> Result:
    if not settings.REDIS_URL:
        return green(
            gettext("Not needed with one process. Several would hear of each other a second late.")
        )
    # Not at the top: Redis takes memory that most installations can save.
    redis_server = import_module("chatapp.doctor.redis_server")
    try:
        clients = await redis_server.clients(settings.REDIS_URL)
    except redis_server.TROUBLE as error:
        return away(type(error).__name__)
    if relay.is_started and not relay.joined:
        return yellow(
            gettext("Redis answers, but this process is not joined with all others."),
            gettext("After a deploy or a restart of Redis it takes a few seconds: run this again."),
        )
    return _line(*clients)


def away(reason: str = "") -> Result:
    found = gettext("Redis does not answer%s. Replies of other processes show up late.")
    fix = gettext("See how it is, and whether REDIS_URL is right.")
    return red(found % (reason and f" ({reason})"), fix, heroku("redis:info"))


def _line(used: int, limit: int) -> Result:
    """`limit` is 0 when Redis did not tell."""
    joined = gettext("The processes are joined.") if relay.is_started else gettext("Redis answers.")
    words = {"joined": joined, "used": used, "limit": limit}
    if limit:
        found = gettext("%(joined)s %(used)s of %(limit)s connections are open.") % words
    else:
        found = gettext("%(joined)s %(used)s connections are open.") % words
    fix = gettext("Each process takes two; a larger plan allows more.")
    return by_share(used, limit, found, fix, heroku(UPGRADE))
