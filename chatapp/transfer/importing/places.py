"""The projects into which an import puts conversations, found and locked before those are."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from chatapp.conversations.models import Conversation, membership
from chatapp.projects.models import Project

if TYPE_CHECKING:
    from chatapp.accounts.models import Person


class Places:
    """Lives as long as one transaction. `made` are the ids of projects that this import has made;
    into those go the conversations that were here before, unless they are in one already."""

    def __init__(self, person: "Person", made: Collection[str] = ()) -> None:
        self.missing = 0  # conversations whose project can't be found
        self._person = person
        self._made = made
        self._found: dict[UUID, Project | None] = {}

    def lock(self, ids: Iterable[UUID]) -> None:
        """Look the projects up in which the person may chat, always in the same order."""
        for id_ in sorted(set(ids) - set(self._found)):
            self._found[id_] = membership.lock_usable(self._person, id_)

    def place_new(self, conversation: Conversation, ids: Iterable[UUID]) -> None:
        """Put a new conversation into the first of these projects that there is."""
        ids = list(ids)
        conversation.project = self._first(ids)
        self.missing += bool(ids) and conversation.project is None

    def place_known(self, conversation: Conversation, ids: Iterable[UUID]) -> None:
        project = self._first(ids)
        if project and str(project.pk) in self._made:
            rows = Conversation.objects.filter(pk=conversation.pk, project=None)
            rows.filter(former_project=None).update(project=project)

    def _first(self, ids: Iterable[UUID]) -> Project | None:
        return next(filter(None, map(self._found.get, ids)), None)
