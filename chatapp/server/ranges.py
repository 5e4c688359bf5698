"""Which bytes a request asks for, so that an interrupted download continues (RFC 9110, 14.2)."""

import re

_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
MAX_DIGITS = 15


class RangeRefused(Exception):
    """Report that there are no such bytes."""


def wanted_range(header: str, size: int) -> tuple[int, int] | None:
    """Return the first byte and the end of the range; None for everything.

    Several ranges, and what isn't a range, mean everything. Raises RangeRefused.
    """
    found = _RANGE.fullmatch(header.strip())
    if not found or max(map(len, found.groups())) > MAX_DIGITS:
        return None
    first, last = found.groups()
    if first:
        start, stop = int(first), min(int(last) + 1 if last else size, size)
        if last and int(last) < start:
            return None
    elif last:
        start, stop = max(size - int(last), 0), size
    else:
        return None
    if start >= stop:
        raise RangeRefused
    return start, stop
