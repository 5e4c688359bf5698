"""Parse server-sent events, by the WHATWG standard. No network, no clock.

Lines end with CR, LF or CRLF and with nothing else: JSON strings may contain U+2028 and U+0085,
at which `str.splitlines` would split. Bytes are split, because a line end is never part of a
longer UTF-8 sequence, so each complete line is decoded in one go.
"""

from __future__ import annotations

from typing import NamedTuple

from .errors import ReplyTooLarge

MAX_EVENT_BYTES = 5 * 1024 * 1024  # of one line, and of all data lines of one event
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Event(NamedTuple):
    name: str
    data: str


class EventParser:
    """Turn bytes, fed as they arrive, into events.

    Raises `ReplyTooLarge` when a line or an event is larger than `MAX_EVENT_BYTES`; if the same
    chunk had whole events before, the next call raises it, so that nothing received is lost. The
    fields `id` and `retry` are ignored: an answer of a model is never resumed by its event id.
    """

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._max_bytes = max_event_bytes
        self._pieces: list[bytes] = []  # of the line that has not ended yet
        self._pieces_bytes = 0
        self._after_cr = False
        self._at_start = True
        self._name = ""
        self._data: list[bytes] = []
        self._data_bytes = 0
        self._too_large = False

    def feed(self, chunk: bytes) -> list[Event]:
        if self._too_large:
            raise ReplyTooLarge
        if self._after_cr and chunk:
            self._after_cr = False
            chunk = chunk.removeprefix(b"\n")
        if b"\r" in chunk:
            self._after_cr = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = chunk.split(b"\n")
        events: list[Event] = []
        if lines and self._pieces:
            lines[0] = self._take_line(lines[0])
        try:
            for line in lines:
                self._end_line(line, events)
            if rest:
                self._keep(rest)
        except ReplyTooLarge:
            if not events:
                raise
            self._too_large = True
        return events

    def flush(self) -> list[Event]:
        """Return the event without a blank line after it, if the stream ended with one.

        The standard drops it. Some servers forget the last blank line, and half a JSON object
        never parses, so the caller can distinguish it from a dropped connection.
        """
        if self._too_large:
            raise ReplyTooLarge
        events: list[Event] = []
        if self._pieces:
            self._end_line(self._take_line(b""), events)
        self._end_line(b"", events)
        return events

    def _keep(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._pieces_bytes += len(piece)
        if self._pieces_bytes > self._max_bytes:
            raise ReplyTooLarge

    def _take_line(self, last: bytes) -> bytes:
        line = b"".join([*self._pieces, last])
        self._pieces.clear()
        self._pieces_bytes = 0
        return line

    def _end_line(self, line: bytes, events: list[Event]) -> None:
        if len(line) > self._max_bytes:
            raise ReplyTooLarge
        if self._at_start:
            self._at_start = False
            line = line.removeprefix(BYTE_ORDER_MARK)
        if not line:
            self._end_event(events)
        elif line.startswith(b"data:"):
            self._add_data(line[6:] if line.startswith(b"data: ") else line[5:])
        elif not line.startswith(b":"):
            field, _, value = line.partition(b":")
            if field == b"event":
                self._name = value.removeprefix(b" ").decode("utf-8", "replace")
            elif field == b"data":
                self._add_data(b"")

    def _add_data(self, value: bytes) -> None:
        self._data.append(value)
        self._data_bytes += len(value) + 1
        if self._data_bytes > self._max_bytes:
            raise ReplyTooLarge

    def _end_event(self, events: list[Event]) -> None:
        if self._data:
            data = b"\n".join(self._data).decode("utf-8", "replace")
            events.append(Event(self._name or "message", data))
            self._data.clear()
            self._data_bytes = 0
        self._name = ""
