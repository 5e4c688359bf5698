"""Worker processes for work that may hang, crash or eat memory: they are limited and may be killed.

A worker imports neither Django's settings nor the database, and inherits no secrets. If its input
takes over a library, this only limits the damage, because the worker runs as the same user.
"""

from chatapp.workers.process import Cause, WorkerDied, WorkerProcess
from chatapp.workers.queue import WorkerQueue

__all__ = ["Cause", "WorkerDied", "WorkerProcess", "WorkerQueue"]
