"""A running reply as its readers see it: what has been published, and when."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from chatapp import background
from chatapp.conversations import events
from chatapp.conversations.message_html import Slot, slot_html, tool_call_html
from chatapp.conversations.models import REMOTE, Activity, LiveStatus, Message, Progress, ToolCall
from chatapp.conversations.models.activities import SEPARATOR
from chatapp.inference import Waiting
from chatapp.rendering import BlockPatch, LiveDocument, PlainBlock, arender_block
from chatapp.replies.backlog import Backlog
from chatapp.replies.line import Standing
from chatapp.replies.pace import MAX_IMPROVED_AT_ONCE, FlushClock
from chatapp.replies.state import LiveState
from chatapp.replies.thinking import Thinking
from chatapp.replies.waiting import ServiceWait

STREAM = "stream:"  # begins the name of the task that asks the model

_live: dict[UUID, "LiveReply"] = {}


def find(reply_id: UUID) -> "LiveReply | None":
    return _live.get(reply_id)


def all_here() -> "list[LiveReply]":
    return list(_live.values())


class LiveReply:
    """Collects the model's output and publishes it on a clock. Lives on the event loop.

    A resumed reply starts from its row and its tool calls; `document` holds its rendered text.
    """

    def __init__(self, reply: Message, person_id: UUID, document: LiveDocument) -> None:
        self.reply = reply
        self.person_id = person_id
        self.sequence = reply.sequence
        self.reasoning = reply.reasoning
        self.notices = dict(reply.notices)
        self.resume_positions = list(reply.resume_positions)
        self.is_released = False  # another process is to resume it
        self.stream_name = f"{STREAM}{reply.pk}:{reply.attempt}"
        self.saved_sequence = reply.sequence
        self._thinking = Thinking(reply)
        self._document = document
        self._backlog = Backlog()
        self._unpublished = ""  # text that is only saved
        self._stale_slots: set[Slot] = set()
        self._new_slots: dict[str, str] = {}  # by name
        self._stale_tool_calls: list[ToolCall] = []
        self._wait = ServiceWait(self._notices_changed)
        self._clock = FlushClock(self.flush)
        self.saved_at = asyncio.get_running_loop().time()

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
        """Return the text published so far, and at the end what was kept."""
        return self._document.text + self._unpublished

    @property
    def text_length(self) -> int:
        return self._document.length

    @property
    def is_behind(self) -> bool:
        """Whether so much waits to be rendered that reading the model should pause."""
        return self._backlog.is_full

    @property
    def tool_calls(self) -> list[ToolCall]:
        return self.reply.known_tool_calls or []

    @property
    def turn_start(self) -> int:
        """Return the length of the text before the current turn of the model."""
        return self.tool_calls[-1].text_length if self.tool_calls else 0

    @property
    def has_grown(self) -> bool:
        """Whether there is more than what was saved."""
        return self.sequence != self.saved_sequence or self._thinking.is_running

    @property
    def length(self) -> int:
        """Return the characters of the output so far, reasoning included."""
        return self.text_length + len(self.reasoning) + len(self._backlog)

    @property
    def progress(self) -> Progress:
        return Progress(
            text=self.text,
            reasoning=self.reasoning,
            sequence=self.sequence,
            thought_seconds=self._thinking.seconds,
            thoughts=self._thinking.stored or None,
            notices=dict(self.notices),
            resume_positions=list(self.resume_positions),
        )

    @property
    def state(self) -> LiveState:
        html, status = self._document.html, self.live_status
        return LiveState(self.reply.attempt, self.progress, html, status, self.tool_calls)

    def add(self, text: str) -> None:
        """Queue new text. Publish it at once if the last patch is old enough, else soon."""
        self.end_thinking()
        if self.text_length == self.turn_start > 0 and not self._backlog.has_text:
            self._backlog.add("\n\n")  # text after a tool call is a paragraph of its own
        self._backlog.add(text)
        self._clock.soon(self._document.open_block_size)

    def think(self, text: str) -> None:
        """Take a piece of the model's reasoning."""
        if not self._thinking.is_running:
            if self.reasoning or self._backlog.has_reasoning:
                self._backlog.add_reasoning(SEPARATOR)
            begin = len(self.reasoning) + self._backlog.reasoning_length
            turn = self.tool_calls[-1].round + 1 if self.tool_calls else 0
            is_new = self._thinking.begin(turn, begin)
            self._stale_slots.add("thinking" if is_new else "thinking_line")
        self._backlog.add_reasoning(text)
        self._clock.soon(self._document.open_block_size)

    def end_thinking(self) -> None:
        if self._thinking.is_running:
            self._thinking.end()
            self._stale_slots.add("thinking_line")

    def wait(self, waiting: Waiting) -> None:
        """Show that the service will be asked again."""
        self._wait.begin(waiting)

    def stand(self, standing: Standing | None) -> None:
        """Show the place in the line for the service."""
        self._wait.stand(standing)

    def notify(self, change: str, value: object) -> None:
        """Show a notice that the request was changed."""
        self.notices[change] = value
        self._notices_changed()

    def notify_refused(self, name: str, why: str) -> None:
        """Show that an image was excluded because the service couldn't use it."""
        refused = self.notices.get("images_refused", [])
        self.notify("images_refused", [*refused, [name, why]])

    def show_activity(self, activity: Activity, html: str) -> None:
        """Show new tool calls, which are in `html` with the rest of their activity."""
        self.flush()
        self._new_slots[f"activity-{activity.number}"] = html
        self._publish(self._document.add_slot() if activity.number > self._document.slots else ())

    def show_changed(self, tool_calls: Sequence[ToolCall]) -> None:
        """Show tool calls that began or ended."""
        self._stale_tool_calls += tool_calls
        self.flush()

    def flush(self) -> None:
        """Publish the waiting output, at most as much text as can be rendered in one go."""
        with self._clock.flushing():
            text, reasoning = self._backlog.take()
            self._publish(self._document.append(text) if text else (), reasoning)
        self._improve_pieces()
        if self._backlog.has_text:
            self._clock.soon(self._document.open_block_size)

    async def drain(self) -> None:
        """Publish all that waits, at the pace that its rendering allows."""
        self.flush()
        while self._backlog.has_text:
            await asyncio.sleep(self._clock.interval(self._document.open_block_size))
            self.flush()

    def halt(self) -> None:
        """Publish nothing more; `keep_backlog` keeps what had not been published."""
        self._clock.cancel()
        self._wait.cancel()
        self.end_thinking()
        self.reply.live_status = REMOTE

    def keep_backlog(self) -> None:
        """Add what waits to the halted reply, without the rendering that may have failed."""
        self._unpublished, reasoning = self._backlog.take_all()
        self.reasoning += reasoning

    @property
    def waits_for_service(self) -> bool:
        return self._wait.is_on

    @property
    def live_status(self) -> LiveStatus:
        return self._wait.status(self._thinking.seconds_so_far)

    def _notices_changed(self) -> None:
        self._stale_slots.add("notices")
        self.flush()

    def _publish(self, patches: tuple[BlockPatch, ...], reasoning: str = "") -> None:
        has_slots = self._stale_slots or self._new_slots or self._stale_tool_calls
        if not (patches or reasoning or has_slots):
            return
        self.sequence += 1
        self.reasoning += reasoning
        if "thinking" in self._stale_slots:
            reasoning = ""  # the new slot contains it
        slots = dict(map(self._named_slot, self._stale_slots)) | self._new_slots
        tool_calls = [tool_call_html(self.reply, call) for call in self._stale_tool_calls]
        self._stale_slots, self._new_slots, self._stale_tool_calls = set(), {}, []
        status = Message.Status.QUEUED if self.waits_for_service else Message.Status.STREAMING
        events.reply_patched(
            self.person_id, self.reply, self.sequence, status, patches, reasoning, slots, tool_calls
        )

    def _named_slot(self, slot: Slot) -> tuple[str, str]:
        """Return the name and the HTML of a slot."""
        if slot == "notices":
            self.reply.notices, self.reply.live_status = self.notices, self.live_status
            return slot, slot_html(self.reply, slot)
        html = slot_html(self.reply, slot, thought=self._thinking.last(self.reasoning))
        return f"{slot}-{self._thinking.turn}", html

    def _improve_pieces(self) -> None:
        name = f"render:{self.reply.pk}:"
        for piece in self._document.take_plain_blocks():
            if len(background.running(name)) < MAX_IMPROVED_AT_ONCE:
                background.spawn(f"{name}{piece.index}", self._improve(piece))

    async def _improve(self, piece: PlainBlock) -> None:
        html = await arender_block(piece, prefix=str(self.reply.pk))
        if html and find(self.reply.pk) is self:
            self._publish(self._document.replace(piece.index, html))
