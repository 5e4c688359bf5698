"""Work that continues when the browser disconnects: Django cancels a view whose client is gone."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from chatapp import background


async def shielded[T](name: str, work: Coroutine[Any, Any, T], *refusals: type[Exception]) -> T:
    """Run work in a task of its own and return its result.

    Requests of one name share one task, as after a double click. The work waits for a database
    connection, so the request holds none meanwhile. `refusals` are answers, not errors to log.
    """
    await background.release_connection()
    return await asyncio.shield(background.spawn(name, work, expected=refusals))
