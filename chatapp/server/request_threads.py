"""Run the synchronous part of a request in a thread that waits for it, with an open connection.

Django starts two threads for each request, one to work and one to wait for its end, and opens a
connection in the first.
"""

from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.signals import request_started
from django.db import close_old_connections, connections, reset_queries
from django.db.backends.base.base import BaseDatabaseWrapper

from chatapp.server.bodies.body import Event, Receive, Send
from chatapp.server.bodies.limit import Application

MAX_IDLE = 4  # threads that wait; each may have two megabytes of a SQLite file in memory


class RequestThread(ThreadPoolExecutor):
    """One thread. An open SQLite file stays open in it, a connection to Postgres doesn't."""

    def __init__(self) -> None:
        super().__init__(1, thread_name_prefix="request", initializer=self._begin)
        self._connection: BaseDatabaseWrapper | None = None

    @property
    def holds_connection(self) -> bool:
        """Return whether it has a connection that others may need."""
        held = self._connection
        return bool(held and held.connection is not None and held.vendor != "sqlite")

    def retire(self) -> None:
        """End the thread once it has closed its connections."""
        self.submit(connections.close_all)
        self.shutdown(wait=False)

    def _begin(self) -> None:
        self._connection = connections["default"]
        if self._connection.vendor == "sqlite":
            # These settings are of this thread alone.
            kept = self._connection.settings_dict | {"CONN_MAX_AGE": None}
            self._connection.settings_dict = kept


class RequestThreads:
    """Lend each request a thread; there are as many as requests at once, and a few stay."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._idle: list[RequestThread] = []

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        thread = self._idle.pop() if self._idle else RequestThread()
        token = _lent.set(thread)

        async def releasing(event: Event) -> None:
            # Django would keep the connection until the client has read a long body.
            if event.get("more_body") and thread.holds_connection:
                await sync_to_async(close_old_connections)()
            await send(event)

        try:
            async with ThreadSensitiveContext(executor=thread):
                await self._application(scope, receive, releasing)
        except BaseException:
            # The request may not have come to the point where Django releases its connection.
            thread.retire()
            raise
        finally:
            _lent.reset(token)
        if len(self._idle) < MAX_IDLE:
            self._idle.append(thread)
        else:
            thread.retire()


def has_nothing_to_release() -> bool:
    """Return whether the thread lent to this request has no connection that others may need."""
    thread = _lent.get(None)
    return thread is not None and not thread.holds_connection


def skip_work_at_the_start_of_requests() -> None:
    """Spare each request a visit to its thread: at its end Django does the same once more."""
    request_started.disconnect(reset_queries)
    request_started.disconnect(close_old_connections)


_lent: ContextVar[RequestThread] = ContextVar("lent")
