"""Signals for packages above."""

from django.dispatch import Signal

# The description of `image` has changed. Sent in the transaction that stores it.
image_described = Signal()
