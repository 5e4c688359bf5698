"""Which tools the model may use in a conversation, and for whom they run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from django.conf import settings

from chatapp import inference
from chatapp.conversations.models import Conversation
from chatapp.tools.registry import built_in
from chatapp.tools.tool import Context, Tool


@dataclass(frozen=True, slots=True)
class Toolbox:
    """Tools by name, in the order in which they are offered; `allowed` are those that the person
    has allowed for good in this conversation."""

    tools: Mapping[str, Tool]
    context: Context
    allowed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, conversation: Conversation) -> Self:
        """Reads the conversation and its owner: to be called in a thread."""
        known = built_in()
        chosen = {name: known[name] for name in sorted(settings.TOOLS) if name in known}
        if not chosen:
            return cls({}, Context())
        context = Context(zone=conversation.owner.zone)
        return cls(chosen, context, frozenset(conversation.allowed_tools))

    @property
    def offered(self) -> tuple[inference.Tool, ...]:
        """As the model is told of them: byte for byte the same in every request."""
        return tuple(
            inference.Tool(tool.name, tool.description, tool.parameters)
            for tool in self.tools.values()
        )

    @property
    def free(self) -> set[str]:
        """Names of those that only read: they may run unasked, and again."""
        return {name for name, tool in self.tools.items() if tool.access == "free"}

    def find(self, name: str) -> Tool | None:
        return self.tools.get(name)

    def is_free(self, name: str) -> bool:
        """Whether a call may run at once. One of a tool that is not there does no harm."""
        return name not in self.tools or name in self.free or name in self.allowed
