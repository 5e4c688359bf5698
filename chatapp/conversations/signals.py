"""Signals for packages above, sent on the event loop once the change is stored."""

from django.dispatch import Signal

# `reply` is complete, stopped or failed; not sent for a reply that another process resumes.
reply_ended = Signal()
