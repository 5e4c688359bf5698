"""Texts that are written to bring a server to its knees: all that a reply can be made of.

`BOMBS` are texts, by name; `TURNS` are the bombs that are no text; "mixture 7" names a bomb too,
with any number. `deltas` gives each as a model would send it.
"""

import random
from collections.abc import Iterator, Mapping

from tests.rendering.bombs.blocks import BLOCKS
from tests.rendering.bombs.bomb import SIZES, Bomb
from tests.rendering.bombs.characters import CHARACTERS
from tests.rendering.bombs.formulas import FORMULAS
from tests.rendering.bombs.inlines import INLINES
from tests.rendering.bombs.lexers import LEXERS, SLOW_FENCES
from tests.rendering.bombs.mixtures import PREFIX, mixture
from tests.rendering.bombs.tables import TABLES_AND_NOTES
from tests.rendering.bombs.turns import TURNS as TURN_BOMBS
from tests.rendering.bombs.turns import Delta, TurnBomb

PIECE = (4, 30)  # characters in one delta, as models send them
MAX_PIECES = 10_000  # of longer texts the pieces are longer

ALL = (*BLOCKS, *TABLES_AND_NOTES, *INLINES, *FORMULAS, *CHARACTERS, *LEXERS)

BOMBS: Mapping[str, Bomb] = {bomb.name: bomb for bomb in ALL}
TURNS: Mapping[str, TurnBomb] = {bomb.name: bomb for bomb in TURN_BOMBS}

__all__ = [
    "ALL",
    "BOMBS",
    "SIZES",
    "SLOW_FENCES",
    "TURNS",
    "TURN_BOMBS",
    "deltas",
    "mixtures",
    "pieces",
    "text_of",
]


def mixtures(first: int, count: int) -> list[str]:
    """Names of mixtures."""
    return [f"{PREFIX}{number}" for number in range(first, first + count)]


def text_of(name: str, size: int) -> str:
    """Raises KeyError for an unknown name."""
    bomb = mixture(name, ALL) if name.startswith(PREFIX) else BOMBS[name]
    return bomb.text(size)


def deltas(name: str, size: int, seed: int, rounds: int = 0) -> Iterator[Delta]:
    """What the model says after so many rounds of calls. Raises KeyError for an unknown name."""
    if name in TURNS:
        yield from TURNS[name].turn(size, rounds)
    else:
        for piece in pieces(text_of(name, size), seed):
            yield {"content": piece}


def pieces(text: str, seed: int) -> Iterator[str]:
    """The text, divided anywhere. The same seed divides it in the same places."""
    chance = random.Random(seed)
    least, most = PIECE
    factor = max(1, len(text) * 2 // (least + most) // MAX_PIECES)
    begin = 0
    while begin < len(text):
        end = begin + chance.randint(least, most) * factor
        yield text[begin:end]
        begin = end
