"""Calls with short answers that no reply streams: titles, and tries of an image."""

from contextlib import aclosing

from chatapp import background
from chatapp.inference import TextDelta, Usage
from chatapp.inference.context_window import estimate, estimate_text
from chatapp.replies import service
from chatapp.replies.accounting import Call, CallUsage, NewCall, ledger


class ShortCall:
    """A call that was begun: await its answer, then settle it with what the answer led to."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._text = ""
        self._usage: Usage | None = None

    @classmethod
    async def begin(cls, new: NewCall) -> "ShortCall":
        """Raises CapReached."""
        return cls(await background.in_thread(ledger().begin, new))

    async def answer(self) -> str:
        """Raises InferenceError."""
        async with aclosing(service.client().stream(self._call.request)) as deltas:
            async for delta in deltas:
                match delta:
                    case TextDelta(text):
                        self._text += text
                    case Usage():
                        self._usage = delta
        return self._text

    def settle(self) -> None:
        """Uses the database: call it in a thread."""
        ledger().settle([(self._call, self._used)])

    @property
    def _used(self) -> CallUsage:
        if self._usage:
            return CallUsage.reported(self._usage)
        if not self._text:
            return CallUsage()
        output = estimate_text(self._text)
        return CallUsage(estimate(self._call.request), output, is_estimated=True)
