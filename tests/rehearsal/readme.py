"""The commands that the README's chapter on deploying and docs/deploy.md tell people to type."""

import re
import shlex
from pathlib import Path

CHAPTER = re.compile(r"^## Deploy\n(.*?)^## ", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
# Commands in a sentence or in a block without a language: only their spelling is checked.
OTHERS = re.compile(r"`(heroku [^`…]+)`|^```\n(heroku .*)\n```", re.MULTILINE)


class Readme:
    """Hands out each block once, so that one that nobody typed is noticed."""

    def __init__(self, root: Path) -> None:
        chapter = CHAPTER.search((root / "README.md").read_text())
        assert chapter, "the README has no chapter on deploying"
        text = chapter[1] + (root / "docs" / "deploy.md").read_text()
        # Both pages show the shortest path. Two blocks that differ in a word stay two: `take`
        # refuses to choose.
        self.blocks: list[str] = list(dict.fromkeys(BLOCK.findall(text)))
        others = ["".join(found) for found in OTHERS.findall(text)]
        self.spelled = [shlex.split(words.replace("\n", " ")) for words in others]

    def take(self, beginning: str) -> str:
        """The block whose first line begins so."""
        [block] = [block for block in self.blocks if block.startswith(beginning)]
        self.blocks.remove(block)
        return block
