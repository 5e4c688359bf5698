"""Show the lists of a person with many conversations."""

from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation
from chatapp.conversations.models.conversation import ConversationQuerySet
from chatapp.projects.models import Project
from tests.bench.growth.case import Run, case, get
from tests.bench.in_app import conversations

COLLECTOR = "collector@example.com"
ARCHIVIST = "archivist@example.com"
DELETER = "deleter@example.com"
PLANNER = "planner@example.com"


@case("The sidebar", 10_000, "conversations")
def sidebar(count: int) -> Run:
    conversations(COLLECTOR, str(count))
    return get(COLLECTOR, "/conversations")


@case("The sidebar beside archived ones", 10_000, "conversations")
def sidebar_and_archive(count: int) -> Run:
    conversations(ARCHIVIST, str(count))
    _owned(ARCHIVIST).update(archived_at=timezone.now())
    conversations(ARCHIVIST, "100")
    return get(ARCHIVIST, "/conversations")


@case("The trash", 10_000, "conversations")
def trash(count: int) -> Run:
    conversations(DELETER, str(count))
    _owned(DELETER).update(trashed_at=timezone.now())
    return get(DELETER, "/trash/")


@case("The page of a project", 10_000, "conversations")
def project(count: int) -> Run:
    conversations(PLANNER, str(count))
    owner = Person.objects.get(email=PLANNER)
    project, _is_new = Project.objects.get_or_create(owner=owner, name="Herons")
    _owned(PLANNER).update(project=project)
    return get(PLANNER, project.get_absolute_url())


def _owned(email: str) -> ConversationQuerySet:
    rows: ConversationQuerySet = Conversation.objects.filter(owner__email=email)
    return rows
