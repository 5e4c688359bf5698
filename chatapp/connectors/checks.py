"""Refuses to start with a CHAT_TOOLS that names what is not there."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from chatapp.connectors.switches import EVERY
from chatapp.tools.registry import built_in


@register()
def tools_are_there(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    known = [EVERY, *built_in()]
    return [
        Error(f"CHAT_TOOLS names {name!r}. There is: {', '.join(known)}.", id="connectors.E001")
        for name in settings.TOOLS
        if name not in known
    ]
