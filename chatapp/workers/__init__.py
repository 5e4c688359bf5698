"""Processes for work that may hang, crash or eat memory: they are bounded, and may be killed.

A worker imports neither Django's settings nor the database and inherits no secrets. It keeps
accidents out; against a library that was taken over it only lowers the stakes, since it runs as
the same user.
"""

from chatapp.workers.process import Cause, WorkerDied, WorkerProcess
from chatapp.workers.queue import WorkerQueue

__all__ = ["Cause", "WorkerDied", "WorkerProcess", "WorkerQueue"]
