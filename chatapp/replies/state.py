"""What a page shows of a running reply: from memory, or as far as its row knows."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatapp.conversations.models import LiveStatus, Message, Progress, ToolCall, text_ends
from chatapp.rendering import VERSION, LiveDocument, cut


@dataclass(frozen=True, slots=True)
class LiveState:
    """Everything that a page shows of a running reply at one instant."""

    attempt: int
    progress: Progress
    html: str
    live_status: LiveStatus
    tool_calls: Sequence[ToolCall] = ()

    def show_in(self, reply: Message) -> None:
        """Copy this state into a row that is about to be rendered and never saved."""
        for name in self.progress.__slots__:
            setattr(reply, name, getattr(self.progress, name))
        reply.attempt, reply.live_status = self.attempt, self.live_status
        reply.known_tool_calls = list(self.tool_calls)
        reply.html, reply.html_version = self.html, VERSION
        reply.status = Message.Status.STREAMING


def saved_document(reply: Message) -> LiveDocument:
    """Return the text of a row as a document that can grow, with plain code. Slow: call it in a
    thread."""
    document = LiveDocument(prefix=str(reply.pk))
    beginning, *rest = cut(reply.text, text_ends(reply))
    document.append(beginning)
    for part in rest:
        document.add_slot()
        document.append(part)
    return document


def saved_state(reply: Message) -> LiveState:
    """Return the state of a remote reply as far as its row knows. Slow: call it in a thread."""
    # Plain code: pages may ask once a second, and the render worker serves everybody.
    html = saved_document(reply).html
    return LiveState(reply.attempt, reply.progress, html, LiveStatus(), reply.shown_tool_calls)
