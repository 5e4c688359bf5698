"""Work that continues when the browser disconnects: Django cancels a view whose client is gone."""

import asyncio
from collections.abc import Coroutine
from typing import Any, cast

from chatapp import background


async def shielded[T](name: str, work: Coroutine[Any, Any, T], *refusals: type[Exception]) -> T:
    """Run work in a task of its own and return its result.

    The work waits for a database connection, so the request holds none meanwhile. `refusals` are
    raised here, but not in the task: they are answers, and not errors that it would log.
    """
    await background.release_connection()
    raised: list[Exception] = []

    async def work_without_refusals() -> T | None:
        try:
            return await work
        except refusals as refusal:
            raised.append(refusal)
        return None

    result = await asyncio.shield(background.spawn(name, work_without_refusals()))
    if raised:
        raise raised[0]
    return cast("T", result)
