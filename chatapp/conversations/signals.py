"""Signals for packages above, sent once the change is stored, in the thread that stored it.

A receiver may use the database, and starts tasks with `background.spawn_from_thread`.
"""

from django.dispatch import Signal

# `reply` is complete, stopped or failed. Sent once for each end, by the process that stored it.
reply_ended = Signal()
