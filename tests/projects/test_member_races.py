"""A chat comes into a project while its person loses access: it is never inside without that."""

import pytest
from django.db import transaction

from chatapp.accounts import membership
from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation
from chatapp.conversations.models.membership import lock_usable
from chatapp.projects.members import take_out
from chatapp.projects.models import Project
from tests.projects.kit import chat_in, project_of, shared_with, together, where

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def move_in(conversation: Conversation, project: Project) -> None:
    with transaction.atomic():
        if lock_usable(conversation.owner, project.pk):
            Conversation.objects.filter(pk=conversation.pk).update(project=project)


@pytest.mark.parametrize("end", ["taken out", "owner deleted"])
def test_nobody_is_inside_without_access(owner: Person, member: Person, end: str) -> None:
    project = project_of(member)
    for _ in range(ROUNDS):
        shared_with(project, owner)
        chat = chat_in(None, owner)

        together(
            lambda: move_in(chat, project),  # noqa: B023  (both end in this round)
            lambda: take_out(project, owner) if end == "taken out" else membership.delete(member),
        )

        assert where(chat)[0] is None
        project.members.all().delete()
        membership.restore(member)
