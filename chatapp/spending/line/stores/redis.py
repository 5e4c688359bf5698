"""Share the lines of an instance by Redis: one key for each model, changed by one script.

Imported only with REDIS_URL, because its packages take memory.
"""

import asyncio
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from chatapp.spending.line.stores import Clock, StoreAway
from chatapp.spending.line.stores.versioned import Stored, VersionedStore

TIMEOUT_SECONDS = 0.5  # a person waits for it
KEPT_MS = 600_000  # after the last change
SCRIPT = """
local time = redis.call('TIME')
local now = time[1] .. '.' .. string.format('%06d', time[2])
local version = redis.call('HGET', KEYS[1], 'version') or ''
if ARGV[2] ~= '?' and version == ARGV[1] then
  redis.call('HSET', KEYS[1], 'version', ARGV[2], 'state', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  return {1, now}
end
return {0, now, version, redis.call('HGET', KEYS[1], 'state') or ''}
"""


class RedisStore(VersionedStore):
    """Use one connection, which opens again by itself."""

    def __init__(self, url: str, prefix: str, clock: Clock, seconds: float) -> None:
        super().__init__(clock, seconds)
        # Heroku's certificates are self-signed.
        options: dict[str, Any] = (
            {"ssl_cert_reqs": "none"} if urlsplit(url).scheme == "rediss" else {}
        )
        self._redis = Redis.from_url(
            url,
            decode_responses=True,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
            single_connection_client=True,
            **options,
        )
        self._prefix = prefix
        self._hash = ""

    async def store(self, key: str, known: str, version: str, text: str) -> Stored:
        begin = self.clock.now()
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                answer = await self._run(f"{self._prefix}:{key}", known, version, text, KEPT_MS)
        except (OSError, RedisError, TimeoutError) as error:
            await self._drop()
            raise StoreAway(str(error) or "it doesn't answer") from error
        # The time was read between the question and the answer.
        self.clock.set(float(answer[1]) + (self.clock.now() - begin) / 2)
        return Stored(True) if answer[0] else Stored(False, answer[2], answer[3])

    async def close(self) -> None:
        await self._drop()

    async def _run(self, key: str, *arguments: object) -> list[Any]:
        if not self._hash:
            self._hash = await self._redis.script_load(SCRIPT)
        try:
            answer: list[Any] = await self._redis.evalsha(self._hash, 1, key, *arguments)  # type: ignore[arg-type]
        except NoScriptError:  # Redis was restarted
            answer = await self._redis.eval(SCRIPT, 1, key, *arguments)  # type: ignore[arg-type]
        return answer

    async def _drop(self) -> None:
        """Close the connection: an answer that comes too late must not be taken for the next."""
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await self._redis.aclose()
        except (OSError, RedisError, TimeoutError):
            return
