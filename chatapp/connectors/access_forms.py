"""How far tools may go, as the owner chooses it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chatapp.connectors.listing import ListedTool, own_tools, remote_tools
from chatapp.connectors.models import Server, ToolSetting
from chatapp.connectors.sealing import is_readable

NEWS = timedelta(minutes=1)  # how long what was found is taken for how things stand
UNKNOWN = gettext_lazy("Choose Off, Asks first or Runs by itself.")


class AccessForm(forms.Form):
    """A choice for each tool. Each field comes with what the page showed, and only what differs
    from that is written: so tabs don't undo each other's choices. What is posted about tools that
    are not there is passed over; a tool that the page did not show stays as it is."""

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
                choices=ToolSetting.Degree.choices,
                initial=tool.access,
                show_hidden_initial=True,
                error_messages=dict.fromkeys(("required", "invalid_choice"), UNKNOWN),
            )

    @property
    def lines(self) -> Iterator[tuple[ListedTool, BoundField | None]]:
        """Each tool with its field, if there is something to choose."""
        for tool in self.tools:
            yield tool, self[_field(tool)] if tool.has_choice else None

    @property
    def chosen(self) -> dict[str, str]:
        """What was changed, by the names of the tools."""
        changed = {tool.name: _field(tool) for tool in self.tools if tool.has_choice}
        return {
            name: self.cleaned_data[field]
            for name, field in changed.items()
            if field in self.changed_data
        }


class OwnToolsForm(AccessForm):
    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(own_tools(), data)

    @transaction.atomic
    def save(self) -> None:
        for name, access in self.chosen.items():
            ToolSetting.objects.update_or_create(name=name, defaults={"access": access})


class ServerToolsForm(AccessForm):
    """A server on the page: how things stand with it, and the choices about its tools."""

    is_on = forms.BooleanField(
        label=gettext_lazy("On in new chats"), required=False, show_hidden_initial=True
    )

    def __init__(self, server: Server, data: QueryDict | None = None) -> None:
        self.server = server
        super().__init__(
            remote_tools(server.tools.all()),
            data,
            initial={"is_on": server.is_on},
            auto_id=f"{self.place}-%s",
        )

    @property
    def place(self) -> str:
        """Where it stands on the page, as in the address after #."""
        return place_of(self.server.pk)

    @property
    def state(self) -> str:
        if self.server.problem:
            return "problem"
        return "connected" if self.server.checked_at else "unknown"

    @property
    def is_fresh(self) -> bool:
        checked = self.server.checked_at
        return checked is not None and timezone.now() - checked < NEWS

    @property
    def count(self) -> int:
        return sum(tool.has_choice for tool in self.tools)

    @property
    def token_is_unreadable(self) -> bool:
        return not is_readable(self.server.sealed_token)

    @transaction.atomic
    def save(self) -> None:
        # Or a check that is being written down would write the former choices again.
        list(Server.objects.select_for_update().filter(pk=self.server.pk))
        if "is_on" in self.changed_data:
            Server.objects.filter(pk=self.server.pk).update(is_on=self.cleaned_data["is_on"])
        for name, access in self.chosen.items():
            self.server.tools.filter(name=name).update(access=access)


def place_of(pk: int) -> str:
    return f"server-{pk}"


def _field(tool: ListedTool) -> str:
    return f"tool-{tool.name}"
