from collections.abc import Sequence

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from chatapp.conversations import message_html
from chatapp.conversations.folding import pieces_of
from chatapp.conversations.message_html import Slot
from chatapp.conversations.models import Activity, Message, Thought
from chatapp.conversations.own_code import html_of

register = template.Library()


@register.simple_tag(takes_context=True, name="message_html")
def message(context: Context, shown: Message) -> SafeString:
    return message_html.message_html(shown, context)


@register.simple_tag(takes_context=True, name="slot_html")
def slot(context: Context, shown: Message, name: Slot, **more: Activity | Thought) -> SafeString:
    return message_html.slot_html(shown, name, context, **more)


@register.simple_tag(takes_context=True, name="text_html")
def text(context: Context, shown: Message, activities: Sequence[Activity]) -> SafeString:
    return message_html.text_html(shown, activities, context)


@register.filter
def pieces(text: str | None) -> list[SafeString]:
    return html_of(pieces_of(text or ""))
