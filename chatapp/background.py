"""Run named asyncio tasks that outlive their request, and threads for database writes."""

import asyncio
import contextvars
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from asgiref.sync import SyncToAsync, sync_to_async
from django.db import close_old_connections, connection

from chatapp.server import logs
from chatapp.server.request_threads import has_nothing_to_release

type Planned = tuple[str, Callable[[], Coroutine[Any, Any, Any]]]

logger = logging.getLogger(__name__)

WRITER_THREADS = 3
READER_THREADS = 2  # of the four connections that a process has by default

_tasks: dict[str, asyncio.Task[Any]] = {}
_writers = ThreadPoolExecutor(WRITER_THREADS, thread_name_prefix="background")
_urgent = ThreadPoolExecutor(1, thread_name_prefix="urgent")
_readers = ThreadPoolExecutor(READER_THREADS, thread_name_prefix="reader")
_spare = ThreadPoolExecutor(1, thread_name_prefix="spare")
_thread = threading.local()  # `planned`: tasks that the function in this thread wants started


def spawn[T](
    name: str, work: Coroutine[Any, Any, T], *, expected: tuple[type[Exception], ...] = ()
) -> asyncio.Task[T]:
    """Start `work` on the running loop as a named task; return the running task of that name.

    The task gets an empty context: with a request's context it would inherit the request's
    executor, and die silently at its first query after the request. Its log lines still have the
    request id. Errors are logged, except `expected` ones, which are for whoever waits.
    """
    running = find(name)
    if running and not running.done():
        work.close()
        return running
    context = contextvars.Context()
    context.run(logs.bind, **logs.bound())
    task = context.run(asyncio.get_running_loop().create_task, work, name=name)
    _tasks[name] = task
    task.add_done_callback(partial(_forget, expected))
    return task


def spawn_from_thread[T](name: str, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
    """Start a task from a function that runs in `in_thread`, once that function has returned.

    Nothing starts when the wait for the function was cancelled: its loop may be about to end.
    """
    _thread.planned.append((name, work))


def find(name: str) -> asyncio.Task[Any] | None:
    return _tasks.get(name)


def running(prefix: str) -> list[asyncio.Task[Any]]:
    """Return the tasks whose names begin with `prefix`."""
    return [task for name, task in _tasks.items() if name.startswith(prefix)]


def cancel(name: str) -> bool:
    """Cancel a task. Return False if there is no such task."""
    task = find(name)
    return task.cancel() if task else False


async def drain(seconds: float) -> None:
    """Cancel all tasks, and wait up to `seconds` for them to clean up."""
    tasks = list(_tasks.values())
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)


async def in_thread[T](function: Callable[..., T], *args: Any) -> T:
    """Run a function that uses the database in one of a few threads.

    `sync_to_async` runs all tasks in one thread: 100 tasks with a 10 ms query took 1.2 s.

    A request that waits here releases the connection of its own thread first. Otherwise as many
    requests as the pool has connections would wait for each other for ever.
    """
    await release_connection()
    return await _run(_writers, function, args)


async def release_connection() -> None:
    """Release the connection of a request before a long wait, because others need it."""
    if SyncToAsync.thread_sensitive_context.get(None) and not has_nothing_to_release():
        await sync_to_async(close_old_connections)()


async def in_urgent_thread[T](function: Callable[..., T], *args: Any) -> T:
    """Run a function in a separate thread, for work that must not wait behind other work."""
    return await _run(_urgent, function, args)


async def in_spare_thread[T](function: Callable[..., T], *args: Any) -> T:
    """Run a function in a separate thread, for work that takes long and that nobody waits for."""
    return await _run(_spare, function, args)


async def in_reader_thread[T](function: Callable[..., T], *args: Any) -> T:
    """Run a function that reads much, in one of two threads: the others don't wait behind it."""
    return await _run(_readers, function, args)


async def _run[T](
    threads: ThreadPoolExecutor, function: Callable[..., T], args: tuple[Any, ...]
) -> T:
    planned: list[Planned] = []
    loop = asyncio.get_running_loop()
    call = loop.run_in_executor(threads, _call, planned, logs.bound(), function, args)
    try:
        return await call
    finally:
        if not call.cancelled():
            for name, work in planned:
                spawn(name, work())


def _call[T](
    planned: list[Planned],
    fields: dict[str, Any],
    function: Callable[..., T],
    args: tuple[Any, ...],
) -> T:
    _thread.planned = planned
    release_connections()
    try:
        with logs.fields(**fields):
            return function(*args)
    finally:
        release_connections()


def release_connections() -> None:
    """Close dead connections after a database restart, and return connections to the pool.

    A SQLite file stays open, because opening it again costs more than a short write.
    """
    if connection.vendor != "sqlite":
        close_old_connections()


def _forget(expected: tuple[type[Exception], ...], task: asyncio.Task[Any]) -> None:
    if _tasks.get(task.get_name()) is task:
        del _tasks[task.get_name()]
    error = None if task.cancelled() else task.exception()
    if error and not isinstance(error, expected):
        logger.error("The task %s ended with an error", task.get_name(), exc_info=error)
