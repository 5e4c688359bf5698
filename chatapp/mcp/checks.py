"""Refuse to start when CHAT_TOOLS names a tool that doesn't exist."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from chatapp.mcp.switches import ALL_TOOLS
from chatapp.tools.registry import built_in


@register()
def check_tool_names(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    known = [ALL_TOOLS, *built_in()]
    return [
        Error(f"CHAT_TOOLS names {name!r}. There is: {', '.join(known)}.", id="mcp.E001")
        for name in settings.TOOLS
        if name not in known
    ]
