"""Bombs made of others: constructs that are harmless alone may meet badly."""

import random
from collections.abc import Sequence

from tests.rendering.bombs.bomb import Bomb

PREFIX = "mixture "
PARTS = (2, 6)
SEAMS = ("", " ", "\n", "\n\n", "\n- ", "\n> ", "\n    ", "\n\n```\n", "\n|")


def mixture(name: str, bombs: Sequence[Bomb]) -> Bomb:
    """Parts of bombs, each followed by a seam; the name decides everything."""
    chance = random.Random(name)
    parts = [(chance.choice(bombs), chance.choice(SEAMS)) for _ in range(chance.randint(*PARTS))]

    def text(size: int) -> str:
        room = size // len(parts)
        return "".join(bomb.text(room) + seam for bomb, seam in parts)

    return Bomb(name, text)
