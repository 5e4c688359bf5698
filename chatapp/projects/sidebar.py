"""The sidebar with its projects: below the pinned conversations and above those by date.

Each project is one line. The one that the page is about shows its newest conversations, too. Like
the rest of the list, it costs the same however many conversations there are.
"""

from dataclasses import dataclass, field
from uuid import UUID

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation
from chatapp.conversations.models.conversation import ConversationQuerySet
from chatapp.conversations.sidebar import COLUMNS, Group, conversation_page, mark_running
from chatapp.projects.models import Member, Project

MAX_ENTRIES = 20  # projects; all are on their page
MAX_CHATS = 5  # of the open project


@dataclass(slots=True)
class Entry:
    """A line of the sidebar. `chats` is None unless the project is open."""

    project: Project
    chats: list[Conversation] | None = None
    has_more: bool = False


@dataclass(slots=True)
class Sidebar:
    """Conversations by their labels, and the projects between them. `open_project` is the one that
    the page shows."""

    pinned: list[Group] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    has_more_projects: bool = False
    dated: list[Group] = field(default_factory=list)
    more_url: str = ""
    open_project: UUID | None = None

    @property
    def groups(self) -> list[Group]:
        return [*self.pinned, *self.dated]


def sidebar_page(
    person: Person,
    before: str = "",
    current: Conversation | None = None,
    project: Project | None = None,
) -> Sidebar:
    """Return the sidebar, or only what follows a cursor. The page shows the conversation `current`,
    or else `project`."""
    page = conversation_page(person, before, current)
    pinned = [group for group in page.groups if group[1][0].pinned_at]
    dated = [group for group in page.groups if group not in pinned]
    sidebar = Sidebar(pinned=pinned, dated=dated, more_url=page.more_url)
    if before:
        return sidebar
    _add_projects(sidebar, person)
    if current is None and project:
        sidebar.open_project = project.pk
    if open_id := current.project_id if current else sidebar.open_project:
        _open(person, sidebar.entries, open_id, current)
    return sidebar


def chats_in(person: Person, project: Project) -> ConversationQuerySet:
    """Return a person's own conversations in a project, the most recently active first, without
    archived ones."""
    own = Conversation.objects.filter(project=project, owner=person)
    rows: ConversationQuerySet = own.present().filter(archived_at=None).newest_first()
    return rows


def _add_projects(sidebar: Sidebar, person: Person) -> None:
    """Add the first projects by name, the person's own and those shared with them."""
    # A union, because for an "or" Postgres would read everybody's projects.
    own = Project.objects.of(person).values("pk")
    let_in = Member.objects.filter(person=person, project__owner__deleted_at=None)
    shared = let_in.values("project")
    both = own.union(shared, all=True)
    rows = Project.objects.present().filter(pk__in=both).order_by("name").only("name")
    found = [Entry(project) for project in rows[: MAX_ENTRIES + 1]]
    sidebar.entries, sidebar.has_more_projects = found[:MAX_ENTRIES], len(found) > MAX_ENTRIES


def _open(
    person: Person, entries: list[Entry], project_id: UUID, current: Conversation | None
) -> None:
    """Add the newest conversations of a project to its entry; `current` is among them."""
    entry = next((each for each in entries if each.project.pk == project_id), None)
    if entry is None:
        project = Project.objects.present().only("name").filter(pk=project_id).first()
        if project is None:
            return  # it went to the trash a moment ago
        entry = Entry(project)
        entries.append(entry)
    rows = chats_in(person, entry.project).filter(pinned_at=None).only(*COLUMNS)
    found = list(rows[: MAX_CHATS + 1])
    entry.chats, entry.has_more = found[:MAX_CHATS], len(found) > MAX_CHATS
    is_elsewhere = current and (current.pinned_at or current.archived_at)
    if current and not is_elsewhere and current not in entry.chats:
        entry.chats.append(current)
    mark_running(entry.chats)
