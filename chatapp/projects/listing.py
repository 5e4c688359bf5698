"""Lists of projects, and of a person's conversations in one of them."""

from dataclasses import dataclass

from chatapp.accounts.models import Person
from chatapp.conversations.keyset import Cursor
from chatapp.conversations.models import Conversation
from chatapp.conversations.sidebar import mark_running
from chatapp.projects.models import Project
from chatapp.projects.sidebar import chats_in

MAX_PROJECTS = 500  # of one person, without those in the trash; the page shows all
CHATS_PER_PAGE = 20
COLUMNS = ("title", "active_at", "pinned_at", "is_unread", "project")


@dataclass(frozen=True, slots=True)
class ChatPage:
    chats: list[Conversation]
    more_url: str


def chat_page(person: Person, project: Project, before: str = "") -> ChatPage:
    """Return the person's conversations in a project, the most recently active first."""
    rows = chats_in(person, project).only(*COLUMNS)
    if cursor := Cursor.read(before):
        rows = rows.filter(cursor.after("active_at"))
    found = list(rows[: CHATS_PER_PAGE + 1])
    chats = found[:CHATS_PER_PAGE]
    mark_running(chats)
    more_url = ""
    if len(found) > CHATS_PER_PAGE:
        more_url = (
            f"{project.get_absolute_url()}?before={Cursor(chats[-1].active_at, chats[-1].pk)}"
        )
    return ChatPage(chats, more_url)


def has_room(person: Person) -> bool:
    """Return whether a person may have one more project."""
    count: int = Project.objects.of(person).count()
    return count < MAX_PROJECTS


def readable_projects(person: Person) -> list[Project]:
    """Return a person's projects and those shared with them, by name."""
    rows = Project.objects.readable_by(person).select_related("owner")
    return sorted(rows.defer("instructions"), key=lambda each: each.name.casefold())
