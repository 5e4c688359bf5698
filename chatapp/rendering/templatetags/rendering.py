"""Template filter: `{% load rendering %}{{ message.text|markdown:message.id }}`."""

from django import template
from django.utils.safestring import SafeString

from chatapp.rendering import render_document

register = template.Library()


@register.filter
def markdown(text: str, message_id: object) -> SafeString:
    """The safe HTML of a finished reply; the id keeps its footnotes apart from other messages'."""
    return SafeString(render_document(text, prefix=str(message_id)))
