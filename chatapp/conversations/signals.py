"""What packages above can listen to. Sent on the event loop, once what happened is saved."""

from django.dispatch import Signal

# `reply` is complete, stopped or failed. Not sent for one that another process resumes.
reply_ended = Signal()
