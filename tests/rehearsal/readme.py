"""Read the commands that the README and docs/deploy.md tell people to type."""

import re
import shlex
from pathlib import Path

CHAPTER = re.compile(r"^## Deploy\n(.*?)^## ", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
# Commands in a sentence or in a block without a language are only checked, not run.
OTHERS = re.compile(r"`(heroku [^`…]+)`|^```\n(heroku .*)\n```", re.MULTILINE)


class Readme:
    """Returns each block once, so that a block that was never typed is noticed."""

    def __init__(self, root: Path) -> None:
        chapter = CHAPTER.search((root / "README.md").read_text())
        assert chapter, "the README has no chapter on deploying"
        text = chapter[1] + (root / "docs" / "deploy.md").read_text()
        # Both pages show the shortest path. Blocks that differ in a word stay two, and `take`
        # refuses to choose.
        self.blocks: list[str] = list(dict.fromkeys(BLOCK.findall(text)))
        others = ["".join(found) for found in OTHERS.findall(text)]
        self.spelled = [shlex.split(words.replace("\n", " ")) for words in others]

    def take(self, beginning: str) -> str:
        """Return the block whose first line begins like this."""
        [block] = [block for block in self.blocks if block.startswith(beginning)]
        self.blocks.remove(block)
        return block
