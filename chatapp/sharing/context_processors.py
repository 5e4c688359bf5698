"""Whether pages offer to share."""

from django.conf import settings
from django.http import HttpRequest


def sharing(request: HttpRequest) -> dict[str, bool]:
    """Tell templates whether this instance shares chats."""
    return {"can_share": settings.SHARING}
