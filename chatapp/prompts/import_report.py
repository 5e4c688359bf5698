"""What an import of prompts did, in sentences."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MAX_PROBLEMS = 10  # with a sentence of their own


@dataclass(slots=True)
class Report:
    added: int = 0
    present: int = 0  # already there, with the same text
    renamed: int = 0  # of those added, because another one had the name
    unread: int = 0
    no_room: int = 0
    problems: list[str] = field(default_factory=list)
    more_problems: int = 0

    @property
    def left_out(self) -> int:
        """Return how many prompts weren't added, for whatever reason."""
        problems = len(self.problems) + self.more_problems
        return self.present + self.unread + self.no_room + problems

    def note(self, problem: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)
        else:
            self.more_problems += 1

    @property
    def sentences(self) -> list[str]:
        """Return what happened, then what to know about it."""
        found = [*self._counted(), *self.problems]
        if more := self.more_problems:
            found.append(ngettext("And %d more problem.", "And %d more problems.", more) % more)
        return found or [_("There were no prompts in it.")]

    def _counted(self) -> list[str]:
        added, present, renamed, unread, full = (
            *(self.added, self.present, self.renamed),
            *(self.unread, self.no_room),
        )
        counts = (
            (added, ngettext("%d prompt was added.", "%d prompts were added.", added)),
            (present, ngettext("%d was already there.", "%d were already there.", present)),
            (
                renamed,
                ngettext(
                    "%d got a number behind its name, because another prompt has that name.",
                    "%d got a number behind their names, because other prompts have those.",
                    renamed,
                ),
            ),
            (unread, ngettext("%d couldn't be read.", "%d couldn't be read.", unread)),
            (
                full,
                ngettext(
                    "%d wasn't added, because your prompts are full. Delete some first.",
                    "%d weren't added, because your prompts are full. Delete some first.",
                    full,
                ),
            ),
        )
        return [sentence % count for count, sentence in counts if count]
