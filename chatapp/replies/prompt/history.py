"""The messages of a conversation that go into the next request."""

from collections.abc import Iterator

from django.db.models import QuerySet

from chatapp.conversations.models import Message, ToolCall
from chatapp.inference.context_window import estimate_text

MESSAGES_PER_FETCH = 200


def newest_messages(reply: Message, window: int) -> tuple[list[Message], int]:
    """Return the newest messages that the model could read, oldest first, and the number of turns
    before them, which aren't fetched."""
    if written := _just_written(reply):
        return [written], 0
    earlier = reply.conversation.branch.filter(position__lt=reply.position, excluded=False)
    messages: list[Message] = []
    tokens = 0
    for message in _newest_first(earlier):
        messages.insert(0, message)
        tokens += estimate_text(message.text) + sum(map(_tokens, message.tool_calls.all()))
        if tokens > window:
            break
    if tokens <= window:
        return messages, 0
    first = messages[0].position
    return messages, earlier.filter(position__lt=first, role=Message.Role.USER).count()


def _just_written(reply: Message) -> Message | None:
    """Return the only message before a reply if this process has just written both, and nothing
    else has to be read; else None."""
    first = reply.parent if reply.position == 1 and Message.parent.is_cached(reply) else None
    attachments = getattr(first, "_prefetched_objects_cache", {}).get("attachments")
    return None if attachments is None or attachments else first


def _newest_first(messages: QuerySet[Message]) -> Iterator[Message]:
    """Yield messages in a few queries, because a transaction pooler allows no cursor to stay."""
    rest = messages.order_by("-position").prefetch_related("attachments__image", "tool_calls")
    batch = list(rest[:MESSAGES_PER_FETCH])
    yield from batch
    while len(batch) == MESSAGES_PER_FETCH:
        batch = list(rest.filter(position__lt=batch[-1].position)[:MESSAGES_PER_FETCH])
        yield from batch


def _tokens(tool_call: ToolCall) -> int:
    return estimate_text(tool_call.arguments) + estimate_text(tool_call.content)
