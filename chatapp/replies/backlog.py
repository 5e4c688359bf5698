"""Output of the model that no page shows yet."""

MAX_FLUSH = 4_000  # characters of text that are rendered in one go
MAX_WAITING = 32_000  # characters of text that wait before reading the model pauses


class Backlog:
    def __init__(self) -> None:
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._text_length = self.reasoning_length = 0

    def __len__(self) -> int:
        return self._text_length + self.reasoning_length

    @property
    def has_text(self) -> bool:
        return self._text_length > 0

    @property
    def has_reasoning(self) -> bool:
        return self.reasoning_length > 0

    @property
    def is_full(self) -> bool:
        """Return whether reading the model should pause."""
        return self._text_length > MAX_WAITING

    def add(self, text: str) -> None:
        self._text.append(text)
        self._text_length += len(text)

    def add_reasoning(self, text: str) -> None:
        self._reasoning.append(text)
        self.reasoning_length += len(text)

    def take(self) -> tuple[str, str]:
        """Return all reasoning, and as much text as can be rendered at once."""
        text, reasoning = self.take_all()
        if len(text) > MAX_FLUSH:
            self.add(text[MAX_FLUSH:])
        return text[:MAX_FLUSH], reasoning

    def take_all(self) -> tuple[str, str]:
        """Return all text and all reasoning."""
        text, reasoning = "".join(self._text), "".join(self._reasoning)
        self._text.clear()
        self._reasoning.clear()
        self._text_length = self.reasoning_length = 0
        return text, reasoning
