"""Whether pages offer to share."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest

from chatapp.accounts.permissions import Permission, allows


def sharing(request: HttpRequest) -> dict[str, Callable[[], bool]]:
    """Tell templates whether this person may share chats.

    Only those that ask look the person up: an error page is made in a thread that must not use the
    database.
    """
    return {"can_share": lambda: _can_share(request)}


def _can_share(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return settings.SHARING and user is not None and allows(user, Permission.SHARE)
