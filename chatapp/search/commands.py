"""What the palette offers beside results. A script runs the commands by their names, most of which
are those of shortcuts."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

CHAT = "reading-tools"  # an element that only the page of a chat has


@dataclass(frozen=True, slots=True)
class Command:
    """`needs` is a selector of what the page must have. Those with `is_typed` are left out of the
    empty palette."""

    name: str
    label: Any
    needs: str = ""
    theme: str | None = None
    is_typed: bool = False


COMMANDS = [
    Command("new-chat", _("New chat")),
    Command("settings", _("Chat settings"), needs=CHAT),
    Command("list", _("Keyboard shortcuts"), needs=CHAT),
    # Nobody without projects has to think about them.
    Command("move", _("Move to project"), ".app[data-url]:has([data-projects])", is_typed=True),
    Command("copy-all", _("Copy the conversation as Markdown"), ".app[data-url]", is_typed=True),
    Command("sidebar", _("Show or hide the conversations"), needs=CHAT, is_typed=True),
    Command("theme", _("Use the light theme"), theme="light", is_typed=True),
    Command("theme", _("Use the dark theme"), theme="dark", is_typed=True),
    Command("theme", _("Use the system's theme"), theme="", is_typed=True),
]
