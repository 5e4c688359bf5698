"""A message as HTML: the one place that renders it, for pages, answers and events alike.

A message that can't be rendered must not take its page down at every visit: it becomes a sentence
and its plain text, and the log has the reason.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import django.db
from django.template import Context, Engine
from django.utils.safestring import SafeString, mark_safe

from chatapp.conversations.models import Message, ToolCall
from chatapp.server.valid_text import make_valid

# Places in a reply beside its text, each with a partial of its own.
Slot = Literal["notices", "thinking", "thinking_line", "tool_calls"]

logger = logging.getLogger(__name__)


def message_html(message: Message, context: Context | None = None) -> SafeString:
    """Render a message. `context` is that of the page around it, which has the CSRF token."""
    html = SafeString()
    with reported(message):
        html = _rendered("_message", message, context)
    return html or _rendered("_message", message, context, is_unshown=True)


def slot_html(message: Message, slot: Slot, context: Context | None = None) -> SafeString:
    """Render a slot of a reply. If that fails, it shows a sentence, and the other slots stay."""
    with reported(message):
        return _rendered(f"_{slot}", message, context)
    return _rendered("_unshown_part", message, context)


def tool_call_html(message: Message, tool_call: ToolCall) -> SafeString:
    """Render one tool call as it appears among the others; empty if that fails."""
    with reported(message):
        context = Context({"tool_call": tool_call, "folded": message.folded_tool_calls})
        return _rendered("_tool_call", message, context)
    return SafeString()


@contextmanager
def reported(message: Message) -> Iterator[None]:
    """Log an error in the block instead of raising it.

    Database errors are raised: they aren't caused by this message.
    """
    try:
        yield
    except django.db.Error:
        raise
    except Exception:
        logger.exception("A message can't be shown", extra={"message_id": str(message.pk)})


def _rendered(
    name: str, message: Message, context: Context | None, *, is_unshown: bool = False
) -> SafeString:
    """Render a template to HTML that every response and socket can encode."""
    context = Context() if context is None else context
    with context.push(message=message, is_unshown=is_unshown):
        html = Engine.get_default().get_template(f"messages/{name}.html").render(context)
    return mark_safe(make_valid(html))  # noqa: S308  (rendered and escaped by the template)
