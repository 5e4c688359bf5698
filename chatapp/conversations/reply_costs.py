"""What replies cost, as the package that keeps the ledger knows it. That one is above this one."""

from collections.abc import Callable, Collection, Mapping, Sequence
from uuid import UUID

from django.utils.safestring import SafeString

from chatapp.conversations.message_html import message_html
from chatapp.conversations.models import Message

# Returns a text for each reply whose price is known, with one query. Runs in a thread.
type Lookup = Callable[[Collection[UUID]], Mapping[UUID, str]]

_lookup: Lookup | None = None


def register(lookup: Lookup) -> None:
    """Ask this function from now on."""
    global _lookup
    _lookup = lookup


def load(messages: Sequence[Message]) -> None:
    """Look up what the replies among these cost that have ended, before they are rendered."""
    replies = [
        message
        for message in messages
        if message.role == Message.Role.ASSISTANT and not message.is_unfinished
    ]
    if not replies or _lookup is None:
        return
    costs = _lookup([reply.pk for reply in replies])
    for reply in replies:
        reply.known_cost = costs.get(reply.pk, "")


def html_with_cost(message: Message, cost: str | None = None) -> SafeString:
    """Render a message as a page does that has looked up costs. Costs a query for a reply that has
    ended, unless the caller knows its cost."""
    if cost is None:
        load([message])
    else:
        message.known_cost = cost
    return message_html(message)
