"""Render mutated Markdown in this process, which a fault of the engine may end.

`python -m tests.rendering.fuzz FIRST COUNT` prints the number of each input before it is rendered,
so that the last number names the input at which the process died. An input depends on its number
alone.
"""

import os
import random
import sys
import time
from contextlib import suppress

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
django.setup()

from chatapp.rendering import LiveDocument  # noqa: E402  (settings come first)
from chatapp.rendering.document import TooLarge, finished_blocks  # noqa: E402
from tests.rendering.corpus_files import inputs, text_of  # noqa: E402

MAX_CHARACTERS = 2_000
MAX_PATCH = 0.05  # seconds of the processor for one append
PARTS = [
    *("`", "```", "~~~", "$", "$$", "\\", "\\(", "\\)", "\\[", "\\]", "*", "**", "_", "~", "~~"),
    *("[", "]", "(", ")", "](", "![", "[^1]", "[^1]: ", "<", ">", "<br>", "<sub>", "</sub>", "|"),
    *("|-|-|\n", "\n", "\n\n", "    ", "\t", "> ", "- ", "1. ", "- [ ] ", "# ", "---\n", "===\n"),
    *("http://", "www.", "@", ":", "&", "&amp;", "&#0;", "\0", "\x1b[", "\r", "\ufeff", "\u200d"),
    *("\u0301", "é", "中", "。", "：", "ا", "ש", "ก", "😀", "\U0001d800", "\ud800", "\u2028"),
    *("\\frac", "\\sqrt[", "{", "}", "^", "&", "\\begin{matrix}", "\\end{matrix}", "\\left(", "%"),
    *("<!--", "-->", "<?", "<![CDATA[", "]]>", "<div>", "<a href='", "\\\n", "  \n", "1)", "+"),
]


def mutated(number: int) -> str:
    """Return the input with this number: texts of the corpus, cut, joined and disturbed."""
    randomness = random.Random(number)
    text = randomness.choice(TEXTS)
    for _change in range(randomness.randint(1, 12)):
        position = randomness.randint(0, len(text))
        end = min(len(text), position + randomness.choice([0, 1, 1, 2, 5, 20]))
        match randomness.randint(0, 5):
            case 0:
                new = randomness.choice(PARTS) * randomness.choice([1, 1, 1, 2, 3, 30])
            case 1:
                new = text[position:end] * randomness.choice([2, 2, 3, 50])
            case 2:
                new = randomness.choice(TEXTS)[:200]
            case 3:
                new = ""
            case _:
                new = "".join(randomness.choices(PARTS, k=3))
        text = text[:position] + new + text[end:]
    return text[:MAX_CHARACTERS]


def render(number: int) -> float:
    """Render an input whole and streamed; return the seconds of the slowest append."""
    text = mutated(number)
    with suppress(TooLarge):
        finished_blocks(text, "m")
    randomness = random.Random(number)
    live, slowest = LiveDocument("m"), 0.0
    while text:
        size = randomness.choice([1, 7, 40, 400])
        began = time.process_time()
        live.append(text[:size])
        slowest = max(slowest, time.process_time() - began)
        text = text[size:]
    return slowest


def main(first: int, count: int) -> None:
    for number in range(first, first + count):
        print(number, flush=True)
        slowest = render(number)
        if slowest > MAX_PATCH and render(number) > MAX_PATCH:  # the machine may have been busy
            sys.exit(f"input {number}: one append took {slowest:.3f} s")


TEXTS = [text_of(path) for path in inputs()]

if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
