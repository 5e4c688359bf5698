"""Keep the stored HTML of replies as today's rules would render it.

A change of the renderer needs no migration: replies are shown as today's rules render them, and
when a page shows one that an older version rendered, its row gets the new HTML.
"""

import logging
from collections.abc import Iterable

import django.db

from chatapp.conversations.models import Message, text_ends
from chatapp.rendering import VERSION, render_document

logger = logging.getLogger(__name__)

_ENDED = (Message.Status.COMPLETE, Message.Status.STOPPED, Message.Status.FAILED)


def renew(messages: Iterable[Message]) -> None:
    """Render the ended replies among these whose HTML is old, and save it.

    HTML of a newer version stays: during a deploy older code shows the same rows. Without
    permission to write, as in a full database, the replies are shown all the same.
    """
    old = [message for message in messages if _is_old(message)]
    if not old:
        return
    for message in old:
        message.html = render_document(
            message.text, prefix=str(message.pk), ends=text_ends(message)
        )
        message.html_version = VERSION
    # A reply that was resumed meanwhile isn't among the rows any more.
    rows = Message.objects.filter(status__in=_ENDED, html_version__lt=VERSION)
    try:
        rows.bulk_update(old, ["html", "html_version"])
    except django.db.Error as error:
        logger.warning("Renewed HTML wasn't saved: %s", type(error).__name__)


def _is_old(message: Message) -> bool:
    has_ended = message.role == Message.Role.ASSISTANT and message.status in _ENDED
    return has_ended and message.html_version < VERSION
