"""The answers of the stand-in model: numbered words that depend only on the name of the run.

Word 17 of the run `a4` is `a4x17`. Around the words is what breaks easily: headings,
lists, tables, code, and characters that are two units of UTF-16.
"""

import random
import re
from collections.abc import Callable
from functools import lru_cache
from itertools import batched

BLOCK_WORDS = (4, 36)  # in one block of markdown
BETWEEN = ("", "", "", "", "", " 😀", " é", " 𝄞", " &", " <b>", ",", "…", " 👩‍👩‍👧")
MARKS = ("{}", "{}", "{}", "{}", "**{}**", "*{}*", "`{}`", "~~{}~~")


@lru_cache(maxsize=4096)
def text(run: str, words: int) -> str:
    """Return the whole answer of a run. Nothing in it repeats, so an overlap can be exact."""
    chance = random.Random(run)
    blocks = []
    begin = 0
    while begin < words:
        end = min(words, begin + chance.randint(*BLOCK_WORDS))
        make = chance.choice(BLOCKS)
        blocks.append(make([f"{run}x{index}" for index in range(begin, end)], chance))
        begin = end
    return "\n\n".join(blocks)


def seen(run: str, shown: str) -> int:
    """Return how many words of a run a text or HTML has, up to the last one that is complete."""
    found = [int(number) for number in re.findall(rf"\b{run}x(\d+)(?=\D)", shown)]
    return max(found, default=-1) + 1


def _paragraph(words: list[str], chance: random.Random) -> str:
    return " ".join(
        chance.choice(MARKS).format(word) + chance.choice(BETWEEN) for word in words
    ).strip()


def _heading(words: list[str], chance: random.Random) -> str:
    level = "#" * chance.randint(1, 4)
    return f"{level} {' '.join(words[:3])}\n\n{_paragraph(words[3:], chance)}".strip()


def _list(words: list[str], chance: random.Random) -> str:
    mark = chance.choice(("- ", "1. ", "- [x] "))
    return "\n".join(mark + _paragraph(list(some), chance) for some in batched(words, 4))


def _quote(words: list[str], chance: random.Random) -> str:
    return "\n".join("> " + _paragraph(list(some), chance) for some in batched(words, 9))


def _fence(words: list[str], chance: random.Random) -> str:
    language = chance.choice(("python", "js", "", "text"))
    lines = "\n".join(f"    {' = '.join(some)}  # 😀" for some in batched(words, 3))
    return f"```{language}\n{lines}\n```"


def _table(words: list[str], chance: random.Random) -> str:
    head, *rows = [f"| {' '.join(some)} | 𝄞 |" for some in batched(words, 3)]
    return "\n".join([head, "| --- | --- |", *rows])


BLOCKS: tuple[Callable[[list[str], random.Random], str], ...] = (
    *(_paragraph, _paragraph, _paragraph),
    *(_heading, _list, _quote, _fence, _fence, _table),
)
