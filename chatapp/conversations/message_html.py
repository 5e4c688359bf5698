"""A message as HTML: the one place where it is rendered, for pages, answers and events alike.

A message that can't be rendered must not take the page down at every visit: it shows a sentence and
its plain text, and the log says why.
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

# Of a reply; each has a partial and a slot on the page.
Part = Literal["notices", "thinking", "thinking_line", "tool_calls"]

logger = logging.getLogger(__name__)


def message_html(message: Message, context: Context | None = None) -> SafeString:
    """Render a message. `context` is that of the page around it, which has the token of forms."""
    html = SafeString()
    with reported(message):
        html = _rendered("_message", message, context)
    return html or _rendered("_message", message, context, is_unshown=True)


def part_html(message: Message, part: Part, context: Context | None = None) -> SafeString:
    """Render a part of a reply. When it can't be, a sentence fills its slot; the others stay."""
    with reported(message):
        return _rendered(f"_{part}", message, context)
    return _rendered("_unshown_part", message, context)


def tool_call_html(message: Message, tool_call: ToolCall) -> SafeString:
    """Render one call of a reply as it stands among the others; nothing when it can't be."""
    with reported(message):
        context = Context({"tool_call": tool_call, "folded": message.folded_tool_calls})
        return _rendered("_tool_call", message, context)
    return SafeString()


@contextmanager
def reported(message: Message) -> Iterator[None]:
    """Report what goes wrong while a message is rendered, and go on behind the block.

    Errors of the database are raised: they are no fault of this message.
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
