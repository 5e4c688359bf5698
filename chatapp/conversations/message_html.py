"""A message as HTML: the one place that renders it, for pages, answers and events alike.

A message that can't be rendered must not take its page down at every visit: it becomes a sentence
and its plain text, and the log has the reason.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

import django.db
from django.template import Context, Engine
from django.utils.safestring import SafeString, mark_safe

from chatapp.conversations.models import Activity, Message, Thought, ToolCall
from chatapp.conversations.models.sources import cited_html
from chatapp.rendering import slot
from chatapp.server.valid_text import make_valid

# Places in a reply beside its text, each with a partial of its own. All but the first are numbered.
Slot = Literal["notices", "activity", "thinking", "thinking_line"]

logger = logging.getLogger(__name__)


def message_html(message: Message, context: Context | None = None) -> SafeString:
    """Render a message. `context` is that of the page around it, which has the CSRF token."""
    html = SafeString()
    with reported(message):
        html = _rendered("_message", message, context)
    return html or _rendered("_message", message, context, is_unshown=True)


def slot_html(
    message: Message, slot: Slot, context: Context | None = None, **shown: Activity | Thought
) -> SafeString:
    """Render a slot of a reply. If that fails, it shows a sentence, and the other slots stay."""
    with reported(message):
        if _is_empty(message, slot, shown.get("activity")):
            return SafeString()
        return _rendered(f"_{slot}", message, context, **shown)
    return _rendered("_unshown_part", message, context)


def text_html(
    message: Message, activities: Sequence[Activity], context: Context | None = None
) -> SafeString:
    """Return the text of a reply, with these activities in their places.

    One whose place isn't in the text, because that is shown as its source, comes after it.
    """
    html = cited_html(message)
    for activity in activities:
        shown = slot_html(message, "activity", context, activity=activity)
        html = with_activity(html, activity.number, shown)
    return html


def with_activity(html: SafeString, number: int, shown: SafeString) -> SafeString:
    """Return the HTML of a reply's text with what is shown of an activity in its place."""
    place, end = slot(number), "</div>"
    filled = place.removesuffix(end) + shown + end
    html_with = html.replace(place, filled, 1) if place in html else html + filled
    return mark_safe(html_with)  # noqa: S308  (sanitised, and rendered by a template)


def tool_call_html(message: Message, tool_call: ToolCall) -> SafeString:
    """Render one tool call as it appears among the others; empty if that fails."""
    with reported(message):
        folded = [item for activity in message.activities for item in activity.folded]
        return _rendered("_tool_call", message, None, tool_call=tool_call, folded=folded)
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


def _is_empty(message: Message, slot: Slot, activity: Activity | Thought | None) -> bool:
    """Return, without rendering it, whether a slot is empty, as in most replies that have ended."""
    if slot == "notices":
        return not (message.is_unfinished or message.notice_lines)
    return isinstance(activity, Activity) and not activity.items


def _rendered(name: str, message: Message, context: Context | None, **shown: object) -> SafeString:
    """Render a template to HTML that every response and socket can encode."""
    context = Context() if context is None else context
    with context.push(**{"is_unshown": False, "message": message, **shown}):
        html = Engine.get_default().get_template(f"messages/{name}.html").render(context)
    return mark_safe(make_valid(html))  # noqa: S308  (rendered and escaped by the template)
