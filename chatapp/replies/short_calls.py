"""Calls with short answers that no reply streams: titles, and tries of an image."""

import time
from contextlib import aclosing
from uuid import UUID

from chatapp.inference import TextDelta, Usage
from chatapp.inference.context_window import estimate, estimate_text
from chatapp.replies import line, model_calls, service
from chatapp.replies.accounting import Call, CallUsage, NewCall, ledger


class ShortCall:
    """A call that was begun: await its answer, then settle it with what the answer led to."""

    def __init__(self, call: Call, person: UUID, urgency: line.Urgency) -> None:
        self._call = call
        self._person = person
        self._urgency = urgency
        self._text = ""
        self._usage: Usage | None = None

    @classmethod
    async def begin(cls, new: NewCall, urgency: line.Urgency) -> "ShortCall":
        """Record a call for a conversation that is about to be made. Raises CapReached."""
        assert new.conversation
        call = await model_calls.recorded(ledger().begin, new)
        return cls(call, new.conversation.owner_id, urgency)

    async def answer(self) -> str:
        """Return the text of the answer, once it is the call's turn. Raises InferenceError."""
        request = self._call.request
        await line.go(line.Call(self._person, request, time.time(), self._ask, self._urgency))
        return self._text

    async def _ask(self) -> Usage | None:
        self._text, self._usage = "", None  # a refused call is made again
        async with aclosing(service.client().stream(self._call.request)) as deltas:
            async for delta in deltas:
                match delta:
                    case TextDelta(text):
                        self._text += text
                    case Usage():
                        self._usage = delta
        return self._usage

    def settle(self) -> None:
        """Record what the call used. Call it in a thread."""
        ledger().settle([(self._call, self._used)])

    @property
    def _used(self) -> CallUsage:
        if self._usage:
            return CallUsage.reported(self._usage)
        if not self._text:
            return CallUsage()
        output = estimate_text(self._text)
        return CallUsage(estimate(self._call.request), output, is_estimated=True)
