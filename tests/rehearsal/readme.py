"""The commands of the README's chapter on deploying."""

import re
import shlex
from pathlib import Path

CHAPTER = re.compile(r"^## Deploy it to Heroku\n(.*?)^## ", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
IN_PROSE = re.compile(r"`(heroku [^`…]+)`")


class Readme:
    """Hands out each block once, so that one that nobody typed is noticed."""

    def __init__(self, path: Path) -> None:
        found = CHAPTER.search(path.read_text())
        assert found, "the README has no chapter on deploying"
        self.blocks: list[str] = BLOCK.findall(found[1])
        self.in_prose = [
            shlex.split(words.replace("\n", " ")) for words in IN_PROSE.findall(found[1])
        ]

    def take(self, beginning: str) -> str:
        """The block whose first line begins so."""
        [block] = [block for block in self.blocks if block.startswith(beginning)]
        self.blocks.remove(block)
        return block
