"""The demo model's canned texts. Each is a pure function of the person's message."""

from __future__ import annotations

import re
import zlib

MAX_QUOTE_CHARACTERS = 120
MAX_TITLE_WORDS = 6
THOUGHTS_PER_SECOND = 10  # tokens
TOKEN = re.compile(r"\s*\S{1,5}|\s+")

REASONING = (
    "The person wrote to the demo model. I can't understand the words, so I pick a canned text "
    "by their checksum, quote them briefly and show what the page can display."
)

EMOJI = (
    "Faces 😀🙂, a family 👩‍👩‍👧‍👦, a flag 🇪🇺, a skin tone 👍🏽, a keycap 1️⃣.\n\n"
    "Combining e\u0301 and n\u0303, Devanagari नमस्ते, Thai ภาษาไทย, Japanese 日本語, "
    "Arabic السلام عليكم, Hebrew שלום.\n\n"
    "A line separator\u2028in the middle, a next line\u0085too, and a zero width\u200bspace. 𝄞"
)

OPENINGS = (
    "Here is a tour of what an answer can look like.",
    "This canned answer shows the kinds of text that a real model writes.",
    "I have no opinion, but I can show you some formatting.",
)

CODE = (
    "def greet(name: str) -> str:\n    # Say hello politely.\n"
    '    return f"Hello, {name}!"\n\n\nprint(greet("world"))',
    "def primes(limit: int) -> list[int]:\n    found: list[int] = []\n"
    "    for n in range(2, limit):\n        if all(n % p for p in found):\n"
    "            found.append(n)\n    return found",
    "from collections import Counter\n\n\ndef common(words: list[str]) -> str:\n"
    '    """Return the most frequent word."""\n'
    "    return Counter(words).most_common(1)[0][0]",
)

TABLES = (
    "| Planet | Moons | Day |\n| --- | ---: | --- |\n| Earth | 1 | 24 h |\n| Mars | 2 | 24.6 h |",
    "| Tea | Minutes | Water |\n| --- | ---: | --- |\n| Green | 2 | 75 °C |\n| Black | 4 | 95 °C |",
    "| Unit | Bytes |\n| --- | ---: |\n| KiB | 1,024 |\n| MiB | 1,048,576 |\n| MB | 1,000,000 |",
)

FORMULAS = (
    "$e^{i\\pi} + 1 = 0$, and in a line of its own:\n\n$$\\sum_{k=1}^{n} k = \\frac{n(n+1)}{2}$$",
    "$a^2 + b^2 = c^2$, and in a line of its own:\n\n$$x = \\frac{-b \\pm \\sqrt{b^2-4ac}}{2a}$$",
)


def tokens(text: str) -> list[str]:
    """Split `text` into pieces of at most five visible characters, spaces included."""
    return TOKEN.findall(text)


def tour(words: str) -> str:
    """Return about 250 tokens with every kind of Markdown, chosen by the person's text."""
    seed = zlib.crc32(words.encode("utf-8", "replace"))
    return "\n\n".join(
        (
            "# A demo answer",
            f"**I am the demo model, not an AI: my answers are canned.** {_pick(OPENINGS, seed)}",
            *_quote(words),
            "## Lists\n\n1. First with *emphasis*\n2. Then with `inline code`\n"
            "   - a nested point\n   - and ~~one more~~\n\n- [x] Say hello\n- [ ] Connect a model",
            f"## Code\n\n```python\n{_pick(CODE, seed // 3)}\n```",
            f"## Table and math\n\n{_pick(TABLES, seed // 7)}\n\nInline "
            f"{_pick(FORMULAS, seed // 11)}",
            "The server keeps this reply while it streams. Reload the page, close the tab or open "
            "it on another device: the reply continues.",
            "Write `/help` to see what I can do, or read about "
            "[Heroku Managed Inference](https://www.heroku.com/ai/) for a real model.",
        )
    )


def thoughts(seconds: float) -> str:
    """Return reasoning that is long enough to stream for `seconds`."""
    pieces = tokens(REASONING)
    number = 0
    while len(pieces) < seconds * THOUGHTS_PER_SECOND:
        number += 1
        pieces += tokens(f" Canned text {number} doesn't fit better.")
    return "".join(pieces)


def numbered(count: int) -> str:
    """Return exactly `count` tokens in numbered sentences, which make gaps and repeats visible."""
    pieces: list[str] = []
    number = 0
    while len(pieces) < count:
        number += 1
        end = "\n\n" if number % 5 == 0 else " "
        pieces += tokens(f"Sentence {number} of a long answer from the demo model.")
        pieces[-1] += end
    return "".join(pieces[:count])


def title(words: str) -> str:
    plain = re.sub(r"(?<!\S)/\w+|[^\w\s'\u2019-]", " ", words)
    first = " ".join(plain.split()[:MAX_TITLE_WORDS])
    return first[:1].upper() + first[1:] or "Demo conversation"


def _quote(words: str) -> tuple[str, ...]:
    line = " ".join(words.split())
    if len(line) > MAX_QUOTE_CHARACTERS:
        line = line[:MAX_QUOTE_CHARACTERS].rstrip() + "…"
    return (f"You wrote:\n\n> {line}",) if line else ()


def _pick(choices: tuple[str, ...], seed: int) -> str:
    return choices[seed % len(choices)]
