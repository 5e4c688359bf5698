"""Check what became of versions: copies are whole, and deletions lasted unless they were undone."""

from collections.abc import Iterator

from tests.chaos.record import Copy, Record, Row
from tests.chaos.violation import Violation


def version_violations(record: Record) -> Iterator[Violation]:
    rows = {row.id: row for row in record.rows}
    for copy in record.copies:
        yield from _copy(copy, record, rows)
    for version, is_deleted in record.deletions.items():
        row = rows[version]
        if is_deleted and not row.deleted:
            yield Violation("deleted version kept", version)
        if row.deleted and not any(record.deletions.get(one.id) for one in _chain(row, rows)):
            yield Violation("version lost", version)
    for row in record.rows:
        if row.deleted and row.on_branch:
            yield Violation("deleted version kept", f"{row.id} is shown")


def _copy(copy: Copy, record: Record, rows: dict[str, Row]) -> Iterator[Violation]:
    """Check that a copy has each message up to the last one, as it was then: a reply may have been
    continued since."""
    found = sorted(
        (row for row in record.rows if row.conversation == copy.conversation),
        key=lambda row: row.position,
    )
    wanted = _chain(rows[copy.message], rows)[::-1]
    if rows[copy.message].role == "user" and len(found) == len(wanted) + 1:
        found.pop()  # one of the replies to it
    texts = [row.text for row in found]
    is_whole = len(found) == len(wanted) and all(
        original.text.startswith(text) for original, text in zip(wanted, texts, strict=True)
    )
    if not is_whole or not all(row.on_branch for row in found):
        yield Violation("copy that differs", f"{copy.conversation} of {copy.message}")


def _chain(row: Row, rows: dict[str, Row]) -> list[Row]:
    """Return a message and those that lead to it, newest first."""
    chain = [row]
    while parent := rows.get(chain[-1].parent or ""):
        chain.append(parent)
    return chain
