"""Remove an import: what it added goes to the trash, unless it was continued or changed since."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.utils import timezone

from chatapp.conversations.models import Conversation
from chatapp.conversations.models.trash import trash
from chatapp.transfer.importing import projects
from chatapp.transfer.importing.report import Report
from chatapp.transfer.models import Import, ImportedConversation

AT_ONCE = 100  # conversations in one transaction


class Removable(NamedTuple):
    added: int  # conversations that would go to the trash
    kept: int  # that were continued, or that were here before
    projects: int  # that would go, unless conversations that stay are in them


def removable(done: Import) -> Removable:
    rows = ImportedConversation.objects.filter(
        from_import=done, conversation__trashed_at=None, conversation__deleted_at=None
    )
    added = _unchanged(done).count()
    return Removable(added, rows.count() - added, _count_projects(done))


def remove(done: Import) -> None:
    """Move what the import added to the trash, in short transactions; harmless twice."""
    while batch := list(_unchanged(done)[:AT_ONCE]):
        with transaction.atomic():
            for conversation in _locked([row.conversation_id for row in batch]):
                trash(conversation)  # none of its replies is running: it has the same messages
    for project_id, digest in Report(done.report).made_projects.items():
        projects.remove_if_unused(project_id, digest)
    Import.objects.filter(pk=done.pk, removed_at=None).update(removed_at=timezone.now())


def _count_projects(done: Import) -> int:
    if done.removed_at:
        return 0
    return projects.count_unchanged(Report(done.report).made_projects)


def _unchanged(done: Import) -> "QuerySet[ImportedConversation]":
    """Return the conversations that the import made and that have the same messages since."""
    rows = ImportedConversation.objects.filter(from_import=done, is_new=True)
    present = rows.filter(conversation__trashed_at=None, conversation__deleted_at=None)
    counted = present.annotate(now=Count("conversation__messages"))
    found: QuerySet[ImportedConversation] = counted.filter(now=F("message_count"))
    return found


def _locked(ids: list[UUID]) -> Iterator[Conversation]:
    rows = Conversation.objects.present().filter(pk__in=ids)
    yield from rows.select_for_update()
