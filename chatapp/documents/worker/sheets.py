"""Read tables of Excel and OpenDocument through calamine: values only, no formula is computed."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterator
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from .archive import Archive
from .pages import Extract, Page, Reason, Refused, Unit, collect

MAX_ROWS = 2_000  # of a sheet
MAX_COLUMNS = 200
MAX_CELL = 2_000  # characters


def read_archive(content: bytes) -> Extract:
    """Return the sheets of an XLSX or ODS file. Raises Refused."""
    with Archive(content) as archive:
        archive.refuse_dtds()
    return read(content)


def read(content: bytes) -> Extract:
    """Return the sheets as CSV, hidden ones too. Raises Refused."""
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = workbook.sheets_metadata
        return collect(Unit.SHEET, _sheets(workbook), count=len(sheets))
    except CalamineError as error:
        is_locked = "password" in str(error).lower()
        raise Refused(Reason.ENCRYPTED if is_locked else Reason.UNREADABLE) from error


def _sheets(workbook: CalamineWorkbook) -> Iterator[Page]:
    for sheet in workbook.sheets_metadata:
        try:
            rows = workbook.get_sheet_by_name(sheet.name)
        except CalamineError:  # a chart, or damaged
            yield Page("", sheet.name)
            continue
        notes = []
        if sheet.visible is not SheetVisibleEnum.Visible:
            notes.append("(This sheet is hidden.)")
        text = _csv(row for _, row in zip(range(MAX_ROWS), rows.iter_rows(), strict=False))
        if rows.total_height > MAX_ROWS:
            notes.append(f"(Rows 1 to {MAX_ROWS:,} of {rows.total_height:,}.)")
        yield Page("\n".join([text, *notes]), sheet.name)


def _csv(rows: Iterator[list[Any]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    for row in rows:
        cells = [_text(value) for value in row[:MAX_COLUMNS]]
        while cells and not cells[-1]:
            cells.pop()
        writer.writerow(cells)
    return file.getvalue()


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value)[:MAX_CELL]
