"""What a page shows of a running reply, from memory or as far as its row knows."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatapp.conversations.models import LiveStatus, Message, Progress, ToolCall
from chatapp.rendering import VERSION, LiveDocument


@dataclass(frozen=True, slots=True)
class LiveState:
    """All that a page shows of a running reply, of one instant."""

    attempt: int
    progress: Progress
    html: str
    live_status: LiveStatus
    tool_calls: Sequence[ToolCall] = ()

    def show_in(self, reply: Message) -> None:
        """Puts this state into a row that is about to be rendered, never to be saved."""
        for name in self.progress.__slots__:
            setattr(reply, name, getattr(self.progress, name))
        reply.attempt, reply.live_status = self.attempt, self.live_status
        reply.known_tool_calls = list(self.tool_calls)
        reply.html, reply.html_version = self.html, VERSION
        reply.status = Message.Status.STREAMING


def saved_document(reply: Message) -> LiveDocument:
    """The text of a row as a document that can go on, its code without colours so far. Slow: for
    a thread."""
    document = LiveDocument(prefix=str(reply.pk))
    document.append(reply.text)
    return document


def saved_state(reply: Message) -> LiveState:
    """The state of a reply that runs elsewhere, as far as its row knows. Slow: for a thread."""
    # Without colours: pages may ask once a second, and the process that renders serves everybody.
    html = saved_document(reply).html
    return LiveState(reply.attempt, reply.progress, html, LiveStatus(), reply.shown_tool_calls)
