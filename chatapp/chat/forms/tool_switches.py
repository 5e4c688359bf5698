"""The switches of tools as fields of the settings: each has a name of its own, and posts "on" or
"off", so that what a page did not show is not turned off by it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import QueryDict

from chatapp.mcp.switches import Switch

PREFIX = "tool:"  # of the names
ON, OFF = "on", "off"


@dataclass(frozen=True, slots=True)
class ToolField:
    """`value` is what stands in it, `usual` what the house has there; `count` is of a server's
    tools, None for a tool of the app."""

    name: str
    label: str
    value: str
    usual: str
    asks: bool
    count: int | None

    @property
    def is_on(self) -> bool:
        return self.value == ON

    @property
    def is_changed(self) -> bool:
        return self.value != self.usual


def fields_of(
    switches: Iterable[Switch], choices: Mapping[str, bool], data: QueryDict
) -> list[ToolField]:
    """What stands in each field: what was posted, else what was chosen, else what the house has."""
    chosen = posted(switches, choices, data)
    return [
        ToolField(
            name=PREFIX + switch.key,
            label=switch.label,
            value=_text(chosen.get(switch.key, switch.is_on)),
            usual=_text(switch.is_on),
            asks=switch.asks,
            count=_count(switch),
        )
        for switch in switches
    ]


def is_posted(data: QueryDict) -> bool:
    return any(name.startswith(PREFIX) for name in data)


def posted(
    switches: Iterable[Switch], choices: Mapping[str, bool], data: QueryDict
) -> dict[str, bool]:
    """`choices` with those that were posted; of these only what is not as the house has it."""
    chosen = dict(choices)
    for switch in switches:
        if (value := data.get(PREFIX + switch.key)) is None:
            continue
        chosen.pop(switch.key, None)
        if (value == ON) != switch.is_on:
            chosen[switch.key] = value == ON
    return chosen


def _text(is_on: bool) -> str:
    return ON if is_on else OFF


def _count(switch: Switch) -> int | None:
    is_own = [tool.name for tool in switch.tools] == [switch.key]
    return None if is_own else len(switch.tools)
