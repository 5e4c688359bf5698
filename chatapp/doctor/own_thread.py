"""Threads for questions that may hang."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future

from django.db import connections


async def in_own_thread[T](function: Callable[[], T]) -> T:
    """Runs what blocks in a thread that nobody waits for when it hangs, not even the end of the
    process: the threads of `background` are there for the replies."""
    outcome: Future[T] = Future()
    outcome.set_running_or_notify_cancel()

    def work() -> None:
        try:
            try:
                value = function()
            finally:
                connections.close_all()
        except BaseException as error:
            outcome.set_exception(error)
        else:
            outcome.set_result(value)

    threading.Thread(target=work, name="doctor", daemon=True).start()
    return await asyncio.wrap_future(outcome)
