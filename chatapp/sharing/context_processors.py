"""Whether pages offer to share."""

from django.conf import settings
from django.http import HttpRequest

from chatapp.accounts.permissions import Permission, allows


def sharing(request: HttpRequest) -> dict[str, bool]:
    """Tell templates whether this person may share chats."""
    user = getattr(request, "user", None)
    can_share = settings.SHARING and user is not None and allows(user, Permission.SHARE)
    return {"can_share": can_share}
