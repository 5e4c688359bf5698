"""A running reply as its readers see it: what has been published, and how often."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from chatapp import background
from chatapp.conversations import events
from chatapp.conversations.models import Message
from chatapp.rendering import VERSION, BlockPatch, Fence, LiveDocument, highlight

FRAME = 0.016  # seconds between two patches while little goes on
WIDEST = 0.1  # seconds between two patches at most
LIGHT_LOAD = 8  # running replies that keep the pace of one display frame
PER_REPLY = 0.0005  # seconds added for each further one
PER_CHARACTER = 1 / 400_000  # seconds added for each character of the open block

_live: dict[UUID, "LiveReply"] = {}


@dataclass(frozen=True, slots=True)
class LiveState:
    """Text and position of one instant, as a page shows it."""

    attempt: int
    sequence: int
    text: str
    html: str

    def show_in(self, reply: Message) -> None:
        """Puts this state into a row that is about to be rendered, never to be saved."""
        reply.attempt, reply.sequence, reply.text = self.attempt, self.sequence, self.text
        reply.html, reply.html_version = self.html, VERSION
        reply.status = Message.Status.STREAMING


def find(reply_id: UUID) -> "LiveReply | None":
    return _live.get(reply_id)


def saved_state(reply: Message) -> LiveState:
    """The state of a reply that runs elsewhere, as far as its row knows."""
    document = LiveDocument(prefix=str(reply.pk))
    document.append(reply.text)
    return LiveState(reply.attempt, reply.sequence, reply.text, document.html)


def flush_interval(running: int, lag: float, open_block: int) -> float:
    """Seconds between two patches: wider with more replies, a slower loop, a longer open block."""
    crowd = max(0, running - LIGHT_LOAD) * PER_REPLY
    return min(FRAME + crowd + lag + open_block * PER_CHARACTER, WIDEST)


class LiveReply:
    """Collects what the model says and publishes it on a clock. Lives on the event loop."""

    def __init__(self, reply: Message, person_id: UUID) -> None:
        self.reply = reply
        self.sequence = 0
        self.reasoning = ""
        self.person_id = person_id
        self._document = LiveDocument(prefix=str(reply.pk))
        self._pending: list[str] = []
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._flushed_at = 0.0
        self._lag = 0.0

    def __enter__(self) -> "LiveReply":
        _live[self.reply.pk] = self
        return self

    def __exit__(self, *error: object) -> None:
        self.halt()
        del _live[self.reply.pk]

    @property
    def text(self) -> str:
        """The text published so far."""
        return self._document.text

    @property
    def state(self) -> LiveState:
        return LiveState(self.reply.attempt, self.sequence, self.text, self._document.html)

    def add(self, text: str) -> None:
        """Takes new text: published at once when the last patch is long enough ago, else soon."""
        self._pending.append(text)
        if self._timer is None:
            interval = flush_interval(len(_live), self._lag, self._document.open_block_size)
            due = max(self._flushed_at + interval, self._loop.time())
            if due <= self._loop.time():
                self.flush()
            else:
                self._timer = self._loop.call_at(due, self._flush_on_time, due)

    def flush(self) -> None:
        """Publishes what waits."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._flushed_at = self._loop.time()
        if self._pending:
            text = "".join(self._pending)
            self._pending.clear()
            self._publish(self._document.append(text))
            for fence in self._document.take_finished_fences():
                background.spawn(f"highlight:{self.reply.pk}:{fence.index}", self._colour(fence))

    def halt(self) -> None:
        """Publishes nothing more; what had not been published is dropped."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._pending.clear()

    def _flush_on_time(self, due: float) -> None:
        self._lag = (self._lag + self._loop.time() - due) / 2
        self.flush()

    def _publish(self, patches: tuple[BlockPatch, ...]) -> None:
        if patches:
            self.sequence += 1
            events.reply_patched(self.person_id, self.reply, self.sequence, patches)

    async def _colour(self, fence: Fence) -> None:
        html = await background.in_thread(highlight, fence)
        if find(self.reply.pk) is self:
            self._publish((self._document.replace(fence.index, html),))
