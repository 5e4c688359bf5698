"""Read what is exported, a bounded piece at a time, however long a conversation is."""

import uuid
from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Length

from chatapp.accounts.models import Person
from chatapp.conversations.models import (
    ATTACHED,
    Attachment,
    Conversation,
    Message,
    ToolCall,
    ToolCallImage,
)
from chatapp.documents.models import Document
from chatapp.images.models import Image
from chatapp.projects.models import Project, ProjectFile

MESSAGES_AT_ONCE = 40
CHARACTERS_AT_ONCE = 2_000_000  # of text and tool calls, unless one message has more


class Place(NamedTuple):
    """The place of a message in the order of a file: parents come before their children."""

    position: int
    id: str


START = Place(-1, "")


class Batch(NamedTuple):
    """Messages, and the place after which to continue; None when these are the last ones."""

    messages: list[Message]
    place: Place | None


def messages_after(conversation: Conversation, after: Place) -> Batch:
    """Return the next messages of all branches."""
    return _batch(conversation, after, (True, False))


def branch_after(conversation: Conversation, after: Place) -> Batch:
    """Return the next messages of the branch that is shown."""
    return _batch(conversation, after, (True,))


def images_of(conversation: Conversation) -> QuerySet[Image]:
    """Return the person's own images that a conversation shows, in the order of their hashes."""
    return _shown(conversation.owner_id, Q(pk=conversation.pk)).order_by("sha256")


def images_of_person(person: Person, only: Collection[str] = ()) -> QuerySet[Image]:
    """Return the person's own images that their conversations and projects show, by id.

    With `only`, those of these conversations and of the projects that they are in.
    """
    in_projects = _project_files(person, only).filter(image=OuterRef("pk"))
    which = Q(pk__in=only) if only else Q()
    return _shown(person.pk, which, Exists(in_projects)).order_by("pk")


def documents_of(conversation: Conversation) -> QuerySet[Document]:
    """Return the person's own documents that a conversation has, in the order of their hashes."""
    return _had(conversation.owner_id, Q(pk=conversation.pk)).order_by("sha256")


def documents_of_person(person: Person, only: Collection[str] = ()) -> QuerySet[Document]:
    """Return the person's own documents, as `images_of_person` does."""
    in_projects = _project_files(person, only).filter(document=OuterRef("pk"))
    which = Q(pk__in=only) if only else Q()
    return _had(person.pk, which, Exists(in_projects)).order_by("pk")


def projects_of_person(person: Person, only: Collection[str] = ()) -> QuerySet[Project]:
    """Return the person's own projects, or those in which the conversations in `only` are."""
    projects = Project.objects.of(person).order_by("pk")
    if only:
        inside = Conversation.objects.of(person).filter(pk__in=only, project=OuterRef("pk"))
        projects = projects.filter(Exists(inside))
    found: QuerySet[Project] = projects
    return found


def _project_files(person: Person, only: Collection[str]) -> QuerySet[ProjectFile]:
    return ProjectFile.objects.filter(project__in=projects_of_person(person, only).order_by())


def _had(owner_id: uuid.UUID, which: Q, *more: Exists) -> QuerySet[Document]:
    conversations = Conversation.objects.present().filter(which, owner_id=owner_id)
    messages = Message.objects.filter(conversation__in=conversations, deleted_at=None)
    sent = Attachment.objects.filter(document=OuterRef("pk"), message__in=messages)
    return Document.objects.filter(_any(Exists(sent), *more), owner_id=owner_id)


def _shown(owner_id: uuid.UUID, which: Q, *more: Exists) -> QuerySet[Image]:
    conversations = Conversation.objects.present().filter(which, owner_id=owner_id)
    messages = Message.objects.filter(conversation__in=conversations, deleted_at=None)
    sent = Attachment.objects.filter(image=OuterRef("pk"), message__in=messages)
    made = ToolCallImage.objects.filter(image=OuterRef("pk"), tool_call__reply__in=messages)
    return Image.objects.filter(_any(Exists(sent), Exists(made), *more), owner_id=owner_id)


def _any(*conditions: Exists) -> Q:
    return reduce(or_, map(Q, conditions))


def _batch(conversation: Conversation, after: Place, branches: tuple[bool, ...]) -> Batch:
    found = _next_places(conversation, after, branches)
    ids = _up_to_limit(found[:MESSAGES_AT_ONCE])
    messages = _loaded(ids) if ids else []
    is_last = len(ids) == len(found) or not messages
    last = None if is_last else messages[-1]
    return Batch(messages, Place(last.position, str(last.pk)) if last else None)


def _next_places(
    conversation: Conversation, after: Place, branches: tuple[bool, ...]
) -> list[tuple[int, uuid.UUID, int]]:
    """Return position, id and size of the next messages, and of one more if there is one.

    A partial index finds those of each kind of branch.
    """
    found: list[tuple[int, uuid.UUID, int]] = []
    later = Q(position__gt=after.position)
    if after.id:
        later |= Q(position=after.position, pk__gt=after.id)
    for on_branch in branches:
        rows = conversation.messages.filter(later, on_branch=on_branch, deleted_at=None)
        rows = rows.filter(position__gte=after.position if after.id else 0)
        sized = rows.annotate(size=Length("text") + Length("reasoning") + _calls_size())
        places = sized.order_by("position", "pk").values_list("position", "pk", "size")
        found += places[: MESSAGES_AT_ONCE + 1]
    return sorted(found)[: MESSAGES_AT_ONCE + 1]


def _calls_size() -> Coalesce:
    """Return the characters of all tool calls of a message."""
    calls = ToolCall.objects.filter(reply=OuterRef("pk")).order_by().values("reply")
    size = Sum(Length("content") + Length("arguments"))
    return Coalesce(Subquery(calls.annotate(size=size).values("size")), 0)


def _up_to_limit(found: list[tuple[int, uuid.UUID, int]]) -> list[uuid.UUID]:
    ids: list[uuid.UUID] = []
    characters = 0
    for _position, pk, size in found:
        characters += size
        if ids and characters > CHARACTERS_AT_ONCE:
            break
        ids.append(pk)
    return ids


def _loaded(ids: list[uuid.UUID]) -> list[Message]:
    tool_calls = Prefetch("tool_calls", ToolCall.objects.with_images())
    rows = Message.objects.filter(pk__in=ids).prefetch_related(*ATTACHED, tool_calls)
    return list(rows.order_by("position", "pk"))
