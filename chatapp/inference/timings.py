"""How fast an answer came, and what it cost, in words."""

from __future__ import annotations

import time
from collections.abc import Callable

from .types import Delta, ReasoningDelta, TextDelta, Usage


class Timings:
    """Started when made; `clock` is in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._thought: float | None = None  # seconds from the start, as all of these
        self._word: float | None = None
        self._usage: Usage | None = None

    def note(self, delta: Delta) -> None:
        match delta:
            case ReasoningDelta() if self._thought is None:
                self._thought = self._clock() - self._started
            case TextDelta() if self._word is None:
                self._word = self._clock() - self._started
            case Usage():
                self._usage = delta

    @property
    def tokens(self) -> str:
        if self._usage is None:
            return "not said"
        return f"{self._usage.prompt_tokens:,} read, {self._usage.completion_tokens:,} written"

    @property
    def times(self) -> str:
        """Everything up to this moment."""
        whole = self._clock() - self._started
        begun = min((at for at in (self._thought, self._word) if at is not None), default=whole)
        thought = (
            f"first thought after {self._thought:.2f} s, " if self._thought is not None else ""
        )
        word = f"first word after {self._word:.2f} s" if self._word is not None else "no word"
        pace = ""
        if self._usage and whole > begun:
            pace = f", {self._usage.completion_tokens / (whole - begun):.0f} tokens a second"
        return f"{thought}{word}, the end after {whole:.2f} s{pace}"
