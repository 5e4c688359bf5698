"""What goes wrong with a server, in words for the owner and for whoever talks to the model."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chatapp.tools.outside import plain_line

MAX_BYTES = 8 * 1024 * 1024  # of one answer, streamed or whole


class Trouble(Exception):
    """A server that did not do what it was asked; `sentence` is for people.

    `is_connection` tells that nothing can be asked of it at present: the owner sees it.
    `broke_off` tells that it may have done what it was asked. `is_lost` tells that the session is
    of no more use, and `was_refused` that the call was not run for that reason.
    """

    def __init__(
        self,
        sentence: str,
        *,
        is_connection: bool = False,
        broke_off: bool = False,
        is_lost: bool = False,
        was_refused: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.is_connection = is_connection
        self.broke_off = broke_off
        self.is_lost = is_lost
        self.was_refused = was_refused


class Fault(enum.Enum):
    """Why the line brought no whole answer."""

    UNREACHABLE = enum.auto()
    UNTRUSTED = enum.auto()  # its certificate
    SLOW = enum.auto()
    CUT = enum.auto()
    LARGE = enum.auto()
    COMPRESSED = enum.auto()
    REMOTE = enum.auto()


@dataclass(slots=True)
class Heard:
    """What the line heard last while it carried one call."""

    status: int = 0
    kind: str = ""  # the media type
    location: str = ""  # where a redirect leads
    names_session: bool = False  # the request did
    fault: Fault | None = None


def of_line(heard: Heard) -> Trouble | None:
    """The trouble that the line had, where it had one."""
    if heard.fault:
        return of_fault(heard.fault)
    # The protocol wants 404; servers made after a widespread example say 400.
    if heard.names_session and heard.status in (400, 404):
        sentence = _("The server no longer knows the session of this reply.")
        return Trouble(sentence, is_lost=True, was_refused=True)
    sentence = _of_status(heard)
    return Trouble(sentence, is_connection=True) if sentence else None


def of_fault(fault: Fault) -> Trouble:
    # A session outlives a call that broke off: whether it is still known, the next call shows.
    return Trouble(
        _of_fault(fault),
        is_connection=fault not in (Fault.LARGE, Fault.COMPRESSED),
        broke_off=fault is Fault.CUT,
        is_lost=fault is Fault.UNREACHABLE,
    )


def _of_fault(fault: Fault) -> str:
    match fault:
        case Fault.UNREACHABLE:
            return _("The server can't be reached. Is the address right, and does it run?")
        case Fault.UNTRUSTED:
            return _("The server can't be trusted: its certificate is not valid.")
        case Fault.SLOW:
            return _("The server takes too long to answer.")
        case Fault.CUT:
            return _("The server broke off in the middle of its answer.")
        case Fault.LARGE:
            sentence = _("The server's answer is larger than %(megabytes)d MB.")
            return sentence % {"megabytes": MAX_BYTES // 1024 // 1024}
        case Fault.COMPRESSED:
            return _("The server's answer is compressed, though this was not asked for.")
        case Fault.REMOTE:
            return _("The server sends us on to another one, which is not done.")


def _of_status(heard: Heard) -> str:
    if heard.location:
        sentence = _("The server sends us on to %(address)s. If that is right, enter that address.")
        return sentence % {"address": plain_line(heard.location, 200)}
    if heard.status >= 500:
        sentence = _("The server is in trouble itself (HTTP %(status)d).")
    elif heard.status in (401, 403):
        sentence = _("The server refuses the token, or wants one (HTTP %(status)d).")
    elif heard.status in (404, 405):
        sentence = _("There is no MCP server at this address (HTTP %(status)d).")
    elif heard.status == 429:
        sentence = _("The server takes no more calls at present (HTTP %(status)d).")
    elif heard.kind == "text/html":
        sentence = _("There is no MCP server at this address: it answers with a web page.")
    else:
        return ""
    return sentence % {"status": heard.status}
