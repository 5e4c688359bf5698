"""What the model did beside writing a reply's text, in the order in which it did it.

The order is stored once. A tool call has its round, which ended a turn of the model, and the length
of the text before it; a thought has the number of its turn, and comes before that turn's text. So
the page has one activity above the text, and one wherever text comes before tool calls.
"""

from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from chatapp.conversations.models.live_status import REMOTE

if TYPE_CHECKING:
    from chatapp.conversations.models.message import Message
    from chatapp.conversations.models.tool_call import ToolCall

MAX_TOOL_CALLS = 4  # lines that the tool calls of an activity take up until somebody unfolds them
SEPARATOR = "\n\n"  # in a message's reasoning, between two thoughts


@dataclass(frozen=True, slots=True)
class Thought:
    """What the model thought in a turn, and for how long, if somebody measured it."""

    turn: int
    reasoning: str = ""
    seconds: float | None = None
    seconds_so_far: float | None = None  # while the model thinks
    is_open: bool = False  # the model still thinks, as far as the reply's row knows

    @property
    def line(self) -> str:
        if self.is_open:
            return _("Thinking…")
        if self.seconds is None:
            return _("Thoughts")
        seconds = max(1, round(self.seconds))
        if seconds < 60:
            return _("Thought for %(seconds)s s") % {"seconds": seconds}
        minutes, seconds = divmod(seconds, 60)
        return _("Thought for %(minutes)s min %(seconds)s s") % {
            "minutes": minutes,
            "seconds": seconds,
        }


@dataclass(frozen=True, slots=True)
class Activity:
    """Thoughts and tool calls after `text_length` characters of text, with none between them."""

    number: int
    text_length: int
    items: "list[Thought | ToolCall]"

    @property
    def tool_calls(self) -> "list[ToolCall]":
        return [item for item in self.items if not isinstance(item, Thought)]

    @property
    def folded(self) -> "list[Thought | ToolCall]":
        """Return all but the last few of many tool calls, without those that await approval, and
        the thoughts between them.

        As calls come one by one, the page doesn't grow any more.
        """
        tool_calls = self.tool_calls
        if len(tool_calls) <= MAX_TOOL_CALLS:
            return []
        begin, end = (self.items.index(tool_calls[at]) for at in (0, 1 - MAX_TOOL_CALLS))
        return [
            item
            for item in self.items[begin:end]
            if isinstance(item, Thought) or not item.is_undecided
        ]

    @property
    def folded_count(self) -> int:
        """Return how many tool calls are folded."""
        return sum(not isinstance(item, Thought) for item in self.folded)


def activities(message: "Message") -> list[Activity]:
    """Return the activities of a reply; the first is above its text and may be empty.

    The last item is the thought of the last turn. It too is empty unless the model thought then.
    """
    known = _thoughts(message)
    found = [Activity(0, 0, [known.get(0) or Thought(0)])]
    for turn, made in groupby(message.shown_tool_calls, key=attrgetter("round")):
        calls = list(made)
        begin, end = found[-1].text_length, calls[0].text_length
        if message.text[begin:end].strip():
            found.append(Activity(len(found), end, []))
        found[-1].items.extend([*calls, known.get(turn + 1) or Thought(turn + 1)])
    if message.is_running:
        _open_last(message, found[-1])
    return found


def text_ends(message: "Message") -> list[int]:
    """Return after how many characters the text of a reply is interrupted by an activity."""
    return [activity.text_length for activity in message.activities[1:]]


def stored_thoughts(message: "Message") -> list[list[Any]]:
    """Return the turn, the beginning in the reasoning and the seconds of each thought.

    A reply of an older release has one at most, before everything else.
    """
    if message.thoughts:
        return [list(thought) for thought in message.thoughts]
    return [[0, 0, message.thought_seconds]] if message.reasoning else []


def _thoughts(message: "Message") -> dict[int, Thought]:
    """Return the thoughts by their turn."""
    stored = stored_thoughts(message)
    ends = [begin - len(SEPARATOR) for _turn, begin, _seconds in stored[1:]]
    return {
        turn: Thought(turn, message.reasoning[begin:end], seconds)
        for (turn, begin, seconds), end in zip(stored, [*ends, None], strict=False)
    }


def _open_last(message: "Message", activity: Activity) -> None:
    """Show in the last thought what is known about it while the reply runs."""
    *_, thought = activity.items
    has_text = bool(message.text[activity.text_length :].strip())
    if isinstance(thought, Thought):
        activity.items[-1] = replace(
            thought,
            seconds_so_far=message.live_status.has_thought_for,
            is_open=message.live_status is REMOTE and not has_text,
        )
