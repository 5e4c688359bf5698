"""The indexes of messages, each for one question."""

from django.db import models

INDEXES = [
    models.Index(
        fields=["status"],
        condition=models.Q(status__in=["queued", "streaming"]),
        name="running_replies",
    ),
    models.Index(fields=["status"], condition=models.Q(status="waiting"), name="waiting_replies"),
    # Counting the turns that a long request excludes reads nothing else.
    models.Index(
        fields=["conversation", "on_branch", "role", "excluded", "position"],
        condition=models.Q(on_branch=True, role="user", excluded=False),
        name="turns_of_branch",
    ),
    # Few messages of a long conversation have something attached, and each request needs its
    # documents. The columns of which all have one value make SQLite prefer it to the one above.
    models.Index(
        fields=["conversation", "role", "is_plain", "excluded", "on_branch", "position"],
        condition=models.Q(role="user", is_plain=False),
        name="messages_with_attachments",
    ),
    # Removing a conversation takes the newest messages first, whichever branch has them.
    models.Index(
        fields=["conversation", "position"],
        condition=models.Q(on_branch=False),
        name="messages_off_branch",
    ),
    models.Index(
        fields=["deleted_at"],
        condition=models.Q(deleted_at__isnull=False),
        name="deleted_messages",
    ),
]
