"""The tools that a model may use for a reply, and the person they run for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self
from uuid import UUID

from chatapp import inference
from chatapp.accounts.models import Person
from chatapp.accounts.permissions import Permission, with_permission
from chatapp.conversations.models import Message
from chatapp.conversations.models.model_choice import model_of
from chatapp.mcp.switches import switches_for
from chatapp.projects.material import Material, material_of
from chatapp.replies.prompt.branch_documents import documents_before
from chatapp.replies.tools.documents import READING_TOOLS, names_of
from chatapp.tools import runner
from chatapp.tools.tool import Context, Tool
from chatapp.tools.untrusted import plain_line


@dataclass(frozen=True, slots=True)
class Toolbox:
    """Tools by name, in the order in which they are offered.

    `allowed` are those that the person always allows in this conversation, `acting` those that not
    everybody may use.
    """

    tools: Mapping[str, Tool]
    context: Context
    allowed: frozenset[str] = frozenset()
    acting: frozenset[str] = frozenset()

    @classmethod
    def of(cls, reply: Message, material: Material | None = None) -> Self:
        """Return the tools that the conversation's settings switch on, and those that read its
        documents and those of its project, which `material` has if they are known.

        Reads the database: call it in a thread.
        """
        conversation = reply.conversation
        if not model_of(reply).tools:
            return cls({}, Context())
        turned_on = [
            switch
            for switch in switches_for(conversation.owner)
            if conversation.tool_choices.get(switch.key, switch.is_on)
        ]
        material = material or material_of(conversation)
        documents = documents_before(reply, material.documents)
        chosen = [tool for switch in turned_on for tool in switch.tools]
        chosen += READING_TOOLS if documents else ()
        if not chosen:
            return cls({}, Context())
        acting = [tool.name for each in turned_on if not each.is_harmless for tool in each.tools]
        # Ordered by name: the service caches requests that begin alike.
        tools = {tool.name: tool for tool in sorted(chosen, key=lambda tool: tool.name)}
        # An overtaken attempt must not close what the next one opened.
        work = f"{reply.pk}:{reply.attempt}"
        owner = conversation.owner
        context = Context(owner.time_zone, work, (), names_of(documents), owner.pk)
        allowed = frozenset(conversation.allowed_tools)
        return cls(tools, context, allowed, frozenset(acting))

    def with_texts(self, written: tuple[str, ...]) -> Self:
        """Return the same for these texts of the person, which the model gets to read."""
        return replace(self, context=replace(self.context, written=written)) if self.tools else self

    @property
    def offered(self) -> tuple[inference.Tool, ...]:
        """Return them as the model gets them: byte for byte the same in every request."""
        return tuple(
            inference.Tool(tool.name, tool.description, tool.parameters)
            for tool in self.tools.values()
        )

    @property
    def document_names(self) -> dict[UUID, str]:
        """Return the names by which its tools know the documents, so that the request has them too.

        Documents with the same name are told apart; one that comes later changes no earlier name.
        """
        return {pk: name for name, pk in self.context.files.items()}

    @property
    def repeatable(self) -> set[str]:
        """Return the names of tools that only read: their calls may be made again."""
        return {name for name, tool in self.tools.items() if not tool.has_side_effects}

    def find(self, name: str) -> Tool | None:
        return self.tools.get(name)

    def may_still_act(self) -> bool:
        """Return whether the person may use all of them now: their role may have changed since the
        reply began. Reads the database."""
        person_id = self.context.person_id
        if person_id is None:
            return True
        may_act = with_permission(Permission.USE_ACTING_TOOLS)
        return Person.objects.filter(may_act, pk=person_id).exists()

    def describe(self, name: str, arguments: str) -> str:
        """Return the line that is shown while a call runs."""
        tool = self.find(name)
        return runner.describe(tool, arguments) if tool else plain_line(name)

    def needs_approval(self, name: str, arguments: str) -> bool:
        """Whether the person has to allow a call. A call of an unknown tool does no harm."""
        tool = self.find(name)
        if tool is None or name in self.allowed:
            return False
        return runner.needs_approval(tool, arguments, self.context)
