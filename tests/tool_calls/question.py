"""Questions to the model of these tests, as text that a person could send.

`do look a1 + act a2; look a3` asks for two calls at once, then another, then an answer.
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
        """Return the name of the first call, which names the whole question."""
        return self.rounds[0][0].split()[1]

    def text_of_turn(self, number: int) -> str:
        """Return the text before a round of calls, or the answer after the last."""
        if number < len(self.rounds):
            return f"Round {number} of {self.name}."
        return " ".join(f"{self.name}x{index}" for index in range(ANSWER_WORDS))

    @property
    def text(self) -> str:
        """Return the text of the whole reply."""
        return "\n\n".join(self.text_of_turn(number) for number in range(len(self.rounds) + 1))


def understood(messages: list[dict[str, Any]]) -> tuple[Question | None, int, str]:
    """Return the question, the number of rounds made for it, and the text sent after them."""
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
