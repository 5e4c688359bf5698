"""With whom a project is shared, or by whom, for `projects/_members.html`."""

from dataclasses import dataclass
from typing import Any

from django import template

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import Permission, allows
from chatapp.projects.access import can_chat
from chatapp.projects.members import members_of
from chatapp.projects.models import Member, Project

SHOWN = 5  # members who are named

register = template.Library()


@dataclass(frozen=True, slots=True)
class Sharing:
    """What a reader of the project's page sees: its owner the members, a member the owner."""

    members: list[Member]
    owner: Person | None
    can_chat: bool
    may_share: bool

    @property
    def named(self) -> list[Member]:
        return self.members[:SHOWN]

    @property
    def more(self) -> int:
        return len(self.members) - len(self.named)


@register.simple_tag(takes_context=True)
def sharing_of(context: template.Context, project: Project) -> Sharing:
    """Read the database: the page is rendered in a thread."""
    person: Any = context["request"].user
    if project.owner_id == person.pk:
        may_share = allows(person, Permission.SHARE_PROJECTS)
        return Sharing(members_of(project), None, can_chat=True, may_share=may_share)
    return Sharing([], project.owner, can_chat=can_chat(person, project), may_share=False)
