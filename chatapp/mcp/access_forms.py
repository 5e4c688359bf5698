"""Forms in which the owner chooses what tools may do."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chatapp.mcp.encryption import is_readable
from chatapp.mcp.listing import ListedTool, list_built_in, list_remote
from chatapp.mcp.models import Server, ToolSetting

FRESH = timedelta(minutes=1)  # how long the result of a check counts as current
INVALID = gettext_lazy("Choose “Off”, “Ask first” or “Run automatically”.")


class AccessForm(forms.Form):
    """A choice for each tool.

    Each field carries what the page showed, and only changes to that are saved, so tabs don't undo
    each other's choices. Values for unknown tools are ignored, and a tool that the page didn't show
    keeps its access.
    """

    def __init__(
        self, tools: Sequence[ListedTool], data: QueryDict | None = None, **options: Any
    ) -> None:
        self.tools = tools
        present = {_field(tool): tool for tool in tools if tool.has_choice}
        if data is not None:
            data = data.copy()
            for name, tool in present.items():
                data.setdefault(name, tool.access)
                data.setdefault(f"initial-{name}", tool.access)
        super().__init__(data, **options)
        for name, tool in present.items():
            self.fields[name] = forms.ChoiceField(
                choices=ToolSetting.Access.choices,
                initial=tool.access,
                show_hidden_initial=True,
                error_messages=dict.fromkeys(("required", "invalid_choice"), INVALID),
            )

    @property
    def rows(self) -> Iterator[tuple[ListedTool, BoundField | None]]:
        """Yield each tool with its field, None for a tool without a choice."""
        for tool in self.tools:
            yield tool, self[_field(tool)] if tool.has_choice else None

    @property
    def chosen(self) -> dict[str, str]:
        """Return the changed accesses by the names of the tools."""
        fields = {tool.name: _field(tool) for tool in self.tools if tool.has_choice}
        return {
            name: self.cleaned_data[field]
            for name, field in fields.items()
            if field in self.changed_data
        }


class BuiltInToolsForm(AccessForm):
    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(list_built_in(), data)

    @transaction.atomic
    def save(self) -> None:
        for name, access in self.chosen.items():
            ToolSetting.objects.update_or_create(name=name, defaults={"access": access})


class ServerToolsForm(AccessForm):
    """A server on the page: its state, and the choices for its tools."""

    is_enabled = forms.BooleanField(
        label=gettext_lazy("On in new chats"), required=False, show_hidden_initial=True
    )

    def __init__(self, server: Server, data: QueryDict | None = None) -> None:
        self.server = server
        super().__init__(
            list_remote(server.tools.all()),
            data,
            initial={"is_enabled": server.is_enabled},
            auto_id=f"{self.anchor}-%s",
        )

    @property
    def anchor(self) -> str:
        """Return its id on the page."""
        return anchor_of(self.server.pk)

    @property
    def state(self) -> str:
        if self.server.problem:
            return "problem"
        return "connected" if self.server.checked_at else "unknown"

    @property
    def is_fresh(self) -> bool:
        checked = self.server.checked_at
        return checked is not None and timezone.now() - checked < FRESH

    @property
    def count(self) -> int:
        return sum(tool.has_choice for tool in self.tools)

    @property
    def token_is_unreadable(self) -> bool:
        return not is_readable(self.server.encrypted_token)

    @transaction.atomic
    def save(self) -> None:
        # Lock the server, or a check that is being saved would restore the former choices.
        list(Server.objects.select_for_update().filter(pk=self.server.pk))
        if "is_enabled" in self.changed_data:
            Server.objects.filter(pk=self.server.pk).update(
                is_enabled=self.cleaned_data["is_enabled"]
            )
        for name, access in self.chosen.items():
            self.server.tools.filter(name=name).update(access=access)


def anchor_of(pk: int) -> str:
    return f"server-{pk}"


def _field(tool: ListedTool) -> str:
    return f"tool-{tool.name}"
