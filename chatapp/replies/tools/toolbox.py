"""Which tools the model may use for a reply, and for whom they run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from django.conf import settings

from chatapp import inference
from chatapp.conversations.models import Message
from chatapp.mcp.switches import switches
from chatapp.tools import running
from chatapp.tools.outside import plain_line
from chatapp.tools.tool import Context, Tool


@dataclass(frozen=True, slots=True)
class Toolbox:
    """Tools by name, in the order in which they are offered; `allowed` are those that the person
    has allowed for good in this conversation."""

    tools: Mapping[str, Tool]
    context: Context
    allowed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, reply: Message, written: tuple[str, ...] = ()) -> Self:
        """Reads the conversation and its owner: to be called in a thread. `written` is what of the
        person's own words the model gets to read."""
        conversation = reply.conversation
        model = settings.CATALOG.get(reply.model) or settings.CATALOG[conversation.offered_model]
        if not model.tools:
            return cls({}, Context())
        chosen = [
            tool
            for switch in switches()
            if conversation.tool_choices.get(switch.key, switch.is_on)
            for tool in switch.tools
        ]
        if not chosen:
            return cls({}, Context())
        # In the order of names: the service caches requests that begin alike.
        tools = {tool.name: tool for tool in sorted(chosen, key=lambda tool: tool.name)}
        # One that was overtaken must not close what the next attempt opened.
        work = f"{reply.pk}:{reply.attempt}"
        context = Context(conversation.owner.zone, work, written)
        return cls(tools, context, frozenset(conversation.allowed_tools))

    @property
    def offered(self) -> tuple[inference.Tool, ...]:
        """As the model is told of them: byte for byte the same in every request."""
        return tuple(
            inference.Tool(tool.name, tool.description, tool.parameters)
            for tool in self.tools.values()
        )

    @property
    def repeatable(self) -> set[str]:
        """Names of those that only read, so that a call of which nobody knows the end may be made
        again."""
        return {name for name, tool in self.tools.items() if not tool.acts}

    def find(self, name: str) -> Tool | None:
        return self.tools.get(name)

    def doing(self, name: str, arguments: str) -> str:
        """The line that is shown while a call runs."""
        tool = self.find(name)
        return running.doing(tool, arguments) if tool else plain_line(name)

    def is_free(self, name: str, arguments: str) -> bool:
        """Whether a call may run at once. One of a tool that is not there does no harm."""
        tool = self.find(name)
        if tool is None or name in self.allowed:
            return True
        return tool.access == "free" and not running.asks(tool, arguments, self.context)
