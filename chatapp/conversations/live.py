"""A running reply as its readers see it: what has been published, and how often."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from chatapp import background
from chatapp.conversations import events
from chatapp.conversations.live_state import LiveState
from chatapp.conversations.message_html import Part, part_html
from chatapp.conversations.models import ELSEWHERE, Message, Moment, Progress, Step
from chatapp.conversations.pace import flush_interval, reading_pause
from chatapp.inference import Waiting
from chatapp.rendering import BlockPatch, Fence, LiveDocument, highlight

STREAM = "stream:"  # begins the name of the task that asks the model

_live: dict[UUID, "LiveReply"] = {}


def find(reply_id: UUID) -> "LiveReply | None":
    return _live.get(reply_id)


def pause() -> float:
    """Seconds between two readings of a stream, by the number of replies that run here."""
    return reading_pause(len(_live))


def all_here() -> "list[LiveReply]":
    return list(_live.values())


class LiveReply:
    """Collects what the model says and publishes it on a clock. Lives on the event loop.

    A reply that goes on starts from what its row holds, and from the calls of tools so far that are
    known of it; `document` is that of its text.
    """

    def __init__(self, reply: Message, person_id: UUID, document: LiveDocument) -> None:
        self.reply = reply
        self.person_id = person_id
        self.sequence = reply.sequence
        self.reasoning = reply.reasoning
        self.notices = dict(reply.notices)
        self.seams = list(reply.seams)
        self.is_given_up = False  # another process is to go on
        self.stream_name = f"{STREAM}{reply.pk}:{reply.attempt}"
        self.saved_sequence = reply.sequence
        self._thought_seconds = reply.thought_seconds
        self._document = document
        self._pending: list[str] = []
        self._pending_reasoning: list[str] = []
        self._stale_parts: set[Part] = set()
        self._waiting: Waiting | None = None
        self._waits_until = self._thinks_since = 0.0
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.Handle | None = None
        self._wait_timer: asyncio.TimerHandle | None = None
        self._flushed_at = 0.0
        self._lag = 0.0
        self.saved_at = self._loop.time()

    def __enter__(self) -> "LiveReply":
        if overtaken := find(self.reply.pk):
            background.cancel(overtaken.stream_name)
        _live[self.reply.pk] = self
        return self

    def __exit__(self, *error: object) -> None:
        self.halt()
        if find(self.reply.pk) is self:  # and not a later attempt
            del _live[self.reply.pk]

    @property
    def text(self) -> str:
        """The text published so far."""
        return self._document.text

    @property
    def steps(self) -> list[Step]:
        return self.reply.known_steps or []

    @property
    def turn_begins(self) -> int:
        """Characters of text before what the model says now: it was last asked with the results of
        calls that it made after so many."""
        return self.steps[-1].text_length if self.steps else 0

    @property
    def has_grown(self) -> bool:
        """Whether there is more than what was saved."""
        return self.sequence != self.saved_sequence or bool(self._thinks_since)

    @property
    def length(self) -> int:
        """Characters that the model has said so far, thoughts included."""
        waiting = sum(map(len, (*self._pending, *self._pending_reasoning)))
        return len(self.text) + len(self.reasoning) + waiting

    @property
    def progress(self) -> Progress:
        return Progress(
            text=self.text,
            reasoning=self.reasoning,
            sequence=self.sequence,
            thought_seconds=self._thought_so_far,
            notices=dict(self.notices),
            seams=list(self.seams),
        )

    @property
    def state(self) -> LiveState:
        return LiveState(
            self.reply.attempt, self.progress, self._document.html, self._moment, self.steps
        )

    def add(self, text: str) -> None:
        """Takes new text: published at once when the last patch is long enough ago, else soon."""
        self.end_thinking()
        if self.steps and len(self.text) == self.turn_begins > 0 and not self._pending:
            self._pending.append("\n\n")  # what it says after a call is a paragraph of its own
        self._pending.append(text)
        self._publish_soon()

    def think(self, text: str) -> None:
        """Takes a piece of the model's reasoning."""
        if not self._thinks_since:
            self._thinks_since = self._loop.time()
            if self.reasoning or self._pending_reasoning:
                self._stale_parts.add("thought")
                self._pending_reasoning.append("\n\n")  # it has thought before
            else:
                self._stale_parts.add("thinking")
        self._pending_reasoning.append(text)
        self._publish_soon()

    def end_thinking(self) -> None:
        if self._thinks_since:
            self._thought_seconds = self._thought_so_far
            self._thinks_since = 0.0
            self._stale_parts.add("thought")

    def wait(self, waiting: Waiting) -> None:
        """The service is asked again after a while."""
        self._waiting, self._waits_until = waiting, self._loop.time() + waiting.seconds
        self._wait_timer = self._loop.call_at(self._waits_until, self._end_waiting)
        self._stale_parts.add("notices")
        self.flush()

    def tell(self, change: str, value: object) -> None:
        """The request that went out is not quite what was asked for."""
        self.notices[change] = value
        self._stale_parts.add("notices")
        self.flush()

    def tell_refused(self, name: str, why: str) -> None:
        """A picture was left out, because the service could not use it."""
        refused = self.notices.get("pictures_refused", [])
        self.tell("pictures_refused", [*refused, [name, why]])

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Calls of tools began, ended or wait for the person."""
        self.reply.known_steps = list(steps)
        self._stale_parts.add("steps")
        self.flush()

    def flush(self) -> None:
        """Publishes what waits."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._flushed_at = self._loop.time()
        text, reasoning = "".join(self._pending), "".join(self._pending_reasoning)
        self._pending.clear()
        self._pending_reasoning.clear()
        self._publish(self._document.append(text) if text else (), reasoning)
        for fence in self._document.take_finished_fences():
            background.spawn(f"highlight:{self.reply.pk}:{fence.index}", self._colour(fence))

    def halt(self) -> None:
        """Publishes nothing more; what had not been published is dropped."""
        for timer in (self._timer, self._wait_timer):
            if timer:
                timer.cancel()
        self._timer = None
        self._pending.clear()
        self._pending_reasoning.clear()
        self.end_thinking()
        self.reply.moment = ELSEWHERE

    @property
    def _thought_so_far(self) -> float | None:
        if not self._thinks_since:
            return self._thought_seconds
        return (self._thought_seconds or 0.0) + self._loop.time() - self._thinks_since

    @property
    def _moment(self) -> Moment:
        left = self._waits_until - self._loop.time()
        return Moment(
            waits_for=max(0.0, left) if self._waiting else None,
            wait_reason=self._waiting.sentence if self._waiting else "",
            has_thought_for=self._thought_so_far if self._thinks_since else None,
        )

    def _end_waiting(self) -> None:
        self._waiting = None
        self._stale_parts.add("notices")
        self.flush()

    def _publish_soon(self) -> None:
        if self._timer is None:
            interval = flush_interval(self._lag, self._document.open_block_size)
            due = self._flushed_at + interval
            if due <= self._loop.time():
                # Once everything that was read in one go is here.
                self._timer = self._loop.call_soon(self.flush)
            else:
                self._timer = self._loop.call_at(due, self._flush_on_time, due)

    def _flush_on_time(self, due: float) -> None:
        self._lag = (self._lag + self._loop.time() - due) / 2
        self.flush()

    def _publish(self, patches: tuple[BlockPatch, ...], reasoning: str = "") -> None:
        if not (patches or reasoning or self._stale_parts):
            return
        self.sequence += 1
        self.reasoning += reasoning
        parts = {part: self._part_html(part) for part in self._stale_parts}
        if "thinking" in parts:
            reasoning = ""  # it stands in the part, which has just begun
        self._stale_parts.clear()
        status = Message.Status.QUEUED if self._waiting else Message.Status.STREAMING
        events.reply_patched(
            self.person_id, self.reply, self.sequence, status, patches, reasoning, parts
        )

    def _part_html(self, part: Part) -> str:
        self.reply.reasoning, self.reply.notices = self.reasoning, self.notices
        self.reply.thought_seconds, self.reply.moment = self._thought_seconds, self._moment
        return part_html(self.reply, part)

    async def _colour(self, fence: Fence) -> None:
        html = await background.in_thread(highlight, fence)
        if find(self.reply.pk) is self:
            self._publish((self._document.replace(fence.index, html),))
