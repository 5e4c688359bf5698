"""Add the prompts of files to a person's own. The same file twice adds nothing the second time."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from chatapp.accounts.models import Person
from chatapp.prompts import names, saving
from chatapp.prompts.files import FileRefused, Record, read
from chatapp.prompts.import_report import Report
from chatapp.prompts.models import MAX_DESCRIPTION, MAX_TEXT, SavedPrompt
from chatapp.prompts.variables import MAX_VARIABLES, parse
from chatapp.server.valid_text import make_valid


def import_files(person: Person, files: Iterable[tuple[str, bytes]]) -> Report:
    """Add what files hold, given by their names and contents."""
    report = Report()
    records: list[Record] = []
    for name, data in files:
        try:
            found, unread = read(make_valid(name), data)
        except FileRefused as refused:
            report.note(str(refused))
            continue
        report.unread += unread
        records += found
    add(person, records, report)
    return report


def add(person: Person, records: Iterable[Record], report: Report) -> None:
    """Add prompts that aren't there yet, as far as there is room for them."""
    wanted = [clean for record in records if (clean := _clean(record, report))]
    with transaction.atomic():
        saving.lock(person)
        additions = _Additions(person, report)
        for record in wanted:
            additions.take(record)
        SavedPrompt.objects.bulk_create(additions.new)


@dataclass(slots=True)
class _Row:
    """The texts of the prompts with a name and that name with numbers, as far as those are taken
    without a gap, and the name that is `next`. Names stay taken, so nobody looks them up twice."""

    next: str
    number: int = 1
    texts: set[str] = field(default_factory=set)


class _Additions:
    """The prompts of a person, and those that come to them.

    A file may have a hundred thousand that are called alike, so names are looked up only for texts
    that may still be added, or that are there.
    """

    def __init__(self, person: Person, report: Report) -> None:
        self.new: list[SavedPrompt] = []
        self._person = person
        self._report = report
        self._texts = dict(SavedPrompt.objects.of(person).values_list("name", "text"))  # by name
        self._present = set(self._texts.values())
        self._length = sum(map(len, self._texts.values()))
        self._taken: set[tuple[str, str]] = set()  # names and texts that were in the file before
        self._rows: dict[str, _Row] = {}  # by the name without a number

    def take(self, record: Record) -> None:
        pair = (record.name, record.text)
        is_known = pair in self._taken or (
            record.text in self._present and self._find_name(record) is None
        )
        if is_known:
            self._taken.add(pair)
            self._report.present += 1
        elif not self._has_room(record):
            self._report.no_room += 1
        elif name := self._find_name(record):
            self._add(name, record)

    def _has_room(self, record: Record) -> bool:
        has_room = self._length + len(record.text) <= saving.MAX_TOTAL
        return has_room and len(self._texts) < saving.MAX_PROMPTS

    def _find_name(self, record: Record) -> str | None:
        """Return a name that is free, None if the prompt with that name has the same text.

        A description may differ: the text is what a prompt is.
        """
        if record.name not in self._texts:
            return record.name
        row = self._rows.setdefault(record.name, _Row(record.name))
        while row.next in self._texts:
            row.texts.add(self._texts[row.next])
            row.number += 1
            row.next = names.numbered(record.name, row.number)
        return None if record.text in row.texts else row.next

    def _add(self, name: str, record: Record) -> None:
        self._report.added += 1
        self._report.renamed += name != record.name
        self._length += len(record.text)
        self._texts[name] = record.text
        self._present.add(record.text)
        self._taken.add((record.name, record.text))
        self.new.append(
            SavedPrompt(
                owner=self._person,
                name=name,
                description=record.description,
                text=record.text,
            )
        )


def _clean(record: Record, report: Report) -> Record | None:
    """Return a record as it is stored; note the problem of one that can't be."""
    text = make_valid(record.text).replace("\r\n", "\n")
    name = names.name_for(make_valid(record.name))
    values = {"name": name, "limit": f"{MAX_TEXT:,}"}
    if not text.strip():
        report.note(_("“/%(name)s” has no text.") % values)
        return None
    if len(text) > MAX_TEXT:
        report.note(_("“/%(name)s” has more than %(limit)s characters.") % values)
        return None
    if len(parse(text).variables) > MAX_VARIABLES:
        values["limit"] = f"{MAX_VARIABLES}"
        report.note(_("“/%(name)s” has more than %(limit)s variables.") % values)
        return None
    description = " ".join(make_valid(record.description).split())[:MAX_DESCRIPTION]
    return Record(name, text, description)
