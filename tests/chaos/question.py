"""Questions to the stand-in model, as text that a person could send."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

from tests.chaos.words import text
from tests.servers.completions import text_of, wants_title

QUESTION = re.compile(r"chaos run=(\w+) words=(\d+) rate=([\d.]+)((?: \w+=[\w.,:+]+)*)")


@dataclass(frozen=True, slots=True)
class Question:
    """Ask for `words.text(run, words)`, with faults on the way that happen once each."""

    run: str
    words: int
    rate: float  # pieces a second
    refuse: tuple[int, ...] = ()  # HTTP statuses, one request each
    cut: tuple[int, ...] = ()  # characters
    stall: tuple[tuple[int, float], ...] = ()  # characters, seconds
    calls: tuple[tuple[int, tuple[str, ...]], ...] = ()  # characters, tools called at once then

    def __str__(self) -> str:
        faults = {
            "refuse": ",".join(map(str, self.refuse)),
            "cut": ",".join(map(str, self.cut)),
            "stall": ",".join(f"{at}:{seconds:g}" for at, seconds in self.stall),
            "calls": ",".join(f"{at}:{'+'.join(tools)}" for at, tools in self.calls),
        }
        tail = "".join(f" {name}={value}" for name, value in faults.items() if value)
        return f"chaos run={self.run} words={self.words} rate={self.rate:g}{tail}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The last question in a text: one that was never answered goes along with the next."""
        found = list(QUESTION.finditer(text))
        if not found:
            return None
        run, count, rate, tail = found[-1].groups()
        faults = dict(part.split("=") for part in tail.split())
        stalls = [part.split(":") for part in faults.get("stall", "").split(",") if part]
        calls = [part.split(":") for part in faults.get("calls", "").split(",") if part]
        return cls(
            run,
            int(count),
            float(rate),
            tuple(int(status) for status in faults.get("refuse", "").split(",") if status),
            tuple(int(at) for at in faults.get("cut", "").split(",") if at),
            tuple((int(at), float(seconds)) for at, seconds in stalls),
            tuple((int(at), tuple(tools.split("+"))) for at, tools in calls),
        )

    @property
    def answer(self) -> str:
        """The text of the reply: what is said after calls is a paragraph of its own."""
        whole = text(self.run, self.words)
        ends = [0, *(at for at, _tools in self.calls), len(whole)]
        return "\n\n".join(whole[begin:end] for begin, end in pairwise(ends))


@dataclass(frozen=True, slots=True)
class Understood:
    """What is asked, the text after which to go on, and the rounds of calls made so far. A title
    is no question of ours."""

    question: Question | None
    given: str = ""
    rounds: int = 0


def understood(messages: list[dict[str, Any]]) -> Understood:
    texts = [(message["role"], text_of(message)) for message in messages]
    if wants_title(messages):
        return Understood(None)
    asked = [index for index, (role, text) in enumerate(texts)
             if role == "user" and Question.parse(text)]  # fmt: skip
    given = "".join(text for role, text in texts[asked[-1] :] if role == "assistant")
    rounds = sum("tool_calls" in message for message in messages[asked[-1] :])
    return Understood(Question.parse(texts[asked[-1]][1]), given, rounds)
