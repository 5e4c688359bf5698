"""Signals for packages above, sent in the thread that stored the change.

A receiver may use the database, and starts tasks with `background.spawn_from_thread`.
"""

from django.dispatch import Signal

# `reply` is complete, stopped or failed. Sent once for each end, by the process that stored it, and
# after it was stored.
reply_ended = Signal()

# `conversation` went to the trash, came back from it (or is a copy that is whole now), or was
# deleted for good. Sent in the transaction that stores it, so what a receiver writes is stored with
# it or not at all.
conversation_trashed = Signal()
conversation_restored = Signal()
conversation_deleted = Signal()

# `text` is about to be stored as that of a message. Sent before the transaction and in its thread,
# so that a receiver can prepare what it will write.
text_prepared = Signal()

# `messages` were added to `conversation`, which `is_new` if they begin it. Sent in the transaction.
# Replies among them have not begun, unless they are copies.
messages_added = Signal()

# An import added messages to the conversations with these `ids`, which may be many. Sent in the
# transaction.
conversations_imported = Signal()

# `replies` have ended: all that one transaction stores. Sent in it.
replies_stored = Signal()

# `ids` are of messages that were deleted from a conversation that stays. Sent in the transaction.
messages_deleted = Signal()

# The title of `conversation` has changed. Sent in the transaction.
conversation_titled = Signal()

# What was in the trash for too long is removed `now`. Sent once an hour by each process.
trash_expired = Signal()
