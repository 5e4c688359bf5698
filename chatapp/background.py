"""Named asyncio tasks that outlive the request that began them, and threads for their writes."""

import asyncio
import contextvars
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import SyncToAsync, sync_to_async
from django.db import close_old_connections, connection

from chatapp.server import logs

logger = logging.getLogger(__name__)

WRITER_THREADS = 3

_tasks: dict[str, asyncio.Task[Any]] = {}
_writers = ThreadPoolExecutor(WRITER_THREADS, thread_name_prefix="background")
_urgent = ThreadPoolExecutor(1, thread_name_prefix="urgent")


def spawn[T](name: str, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Runs `work` on the running loop under a name; a name that already runs keeps its task.

    The task gets an empty context: one that inherits a request's context also inherits its
    executor and dies silently at the first query once the request is over. What it logs still
    names that request.
    """
    running = find(name)
    if running and not running.done():
        work.close()
        return running
    context = contextvars.Context()
    context.run(logs.bind, **logs.bound())
    task = context.run(asyncio.get_running_loop().create_task, work, name=name)
    _tasks[name] = task
    task.add_done_callback(_forget)
    return task


def find(name: str) -> asyncio.Task[Any] | None:
    return _tasks.get(name)


def running(prefix: str) -> list[asyncio.Task[Any]]:
    """The tasks whose names begin so."""
    return [task for name, task in _tasks.items() if name.startswith(prefix)]


def cancel(name: str) -> bool:
    """Asks a task to stop; tells whether there was one."""
    task = find(name)
    return task.cancel() if task else False


async def drain(seconds: float) -> None:
    """Cancels everything that runs and waits up to `seconds` for it to clean up."""
    tasks = list(_tasks.values())
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)


async def in_thread[T](function: Callable[..., T], *args: Any) -> T:
    """Runs a function that uses the database in one of a few threads of our own.

    `sync_to_async` gives every task the same one thread: 100 tasks with a 10 ms query took 1.2 s.

    A request that waits here gives back the connection of its own thread first: as many requests
    as the pool has connections would wait for ever, each for one that the others hold.
    """
    await give_back_connection()
    return await asyncio.get_running_loop().run_in_executor(
        _writers, _call, logs.bound(), function, args
    )


async def give_back_connection() -> None:
    """For a request before it waits long: it would keep a connection that others need."""
    if SyncToAsync.thread_sensitive_context.get(None):
        await sync_to_async(close_old_connections)()


async def in_urgent_thread[T](function: Callable[..., T], *args: Any) -> T:
    """The same in a thread of its own, for what must not wait behind anything."""
    return await asyncio.get_running_loop().run_in_executor(
        _urgent, _call, logs.bound(), function, args
    )


def _call[T](fields: dict[str, Any], function: Callable[..., T], args: tuple[Any, ...]) -> T:
    _release_connections()
    try:
        with logs.fields(**fields):
            return function(*args)
    finally:
        _release_connections()


def _release_connections() -> None:
    """A long-lived thread meets dead connections after a database restart, and a pool wants its own
    back. A file never dies, and opening it anew costs more than a short write."""
    if connection.vendor != "sqlite":
        close_old_connections()


def _forget(task: asyncio.Task[Any]) -> None:
    if _tasks.get(task.get_name()) is task:
        del _tasks[task.get_name()]
    if not task.cancelled() and (error := task.exception()):
        logger.error("The task %s ended with an error", task.get_name(), exc_info=error)
