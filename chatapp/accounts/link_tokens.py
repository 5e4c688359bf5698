"""What makes the link for a new password unguessable, and ends it."""

from datetime import datetime
from typing import Any

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator


class LinkTokens(EmailAwarePasswordResetTokenGenerator):
    """End a link when what its person may do changes, too.

    Otherwise an admin who made one for a member could keep it until the member is the owner.
    """

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        value: str = super()._make_hash_value(user, timestamp)
        changed: datetime | None = user.access_changed_at
        return f"{value}{changed.isoformat() if changed else ''}"
