"""What is asked of the model of these tests, in words that a person could send.

`do look a1 + act a2; look a3` wants two calls at once, then another one, then an answer.
"""

import re
from dataclasses import dataclass
from typing import Any, Self

QUESTION = re.compile(r"do ((?:(?:look|act) \w+(?: \+ |; )?)+)")
ANSWER_WORDS = 40


@dataclass(frozen=True, slots=True)
class Question:
    rounds: tuple[tuple[str, ...], ...]  # of calls, as "look a1"

    def __str__(self) -> str:
        return f"do {'; '.join(' + '.join(calls) for calls in self.rounds)}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        found = QUESTION.fullmatch(text)
        if found is None:
            return None
        return cls(tuple(tuple(made.split(" + ")) for made in found[1].split("; ")))

    @property
    def name(self) -> str:
        """That of the first call stands for the whole."""
        return self.rounds[0][0].split()[1]

    def said(self, number: int) -> str:
        """The text before a round of calls, or the answer after the last."""
        if number < len(self.rounds):
            return f"Round {number} of {self.name}."
        return " ".join(f"{self.name}x{index}" for index in range(ANSWER_WORDS))

    @property
    def text(self) -> str:
        """The text of the whole reply."""
        return "\n\n".join(self.said(number) for number in range(len(self.rounds) + 1))


def understood(messages: list[dict[str, Any]]) -> tuple[Question | None, int, str]:
    """What is asked, how many rounds of calls were made for it, and what was said after them."""
    question, made, given = None, 0, ""
    if text_of(messages[0]).startswith("Write a title"):
        return question, made, given
    for message in messages:
        text = text_of(message)
        if message["role"] == "user" and (asked := Question.parse(text)):
            question, made, given = asked, 0, ""
        elif message.get("tool_calls"):
            made, given = made + 1, ""
        elif message["role"] == "assistant":
            given += text
    return question, made, given


def text_of(message: dict[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else "".join(part["text"] for part in content)
