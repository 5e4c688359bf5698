"""Apply patches in Python as `static/js/lib/patches.js` does.

A browser counts HTML in UTF-16 units, so a block is kept as the bytes of those.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

HELD_PATCHES = 2000
SLOT = re.compile(r'^(<div class="activity" [^>]*>).*(</div>)$', re.DOTALL)
BLOCK = '<div class="block">'
END = "</div><!--/text-->"

type Patch = Mapping[str, Any]
type Blocks = list[bytes]


@dataclass(slots=True)
class Changes:
    indexes: set[int] = field(default_factory=set)
    status: str = ""


class ReplyText:
    """The text of one running reply; `blocks` is None until the page knows the server's HTML."""

    def __init__(self) -> None:
        self.attempt = 0
        self.sequence = 0
        self.blocks: Blocks | None = None
        self._held: dict[int, Patch] = {}

    @property
    def behind(self) -> bool:
        return bool(self._held)

    def receive(self, patch: Patch) -> Changes | None:
        if self._is_old(patch):
            return None
        if len(self._held) >= HELD_PATCHES:
            self._held.clear()
        self._held[patch["sequence"]] = patch
        return self._drain()

    def adopt(self, attempt: int, sequence: int, blocks: Sequence[bytes] | None) -> Changes | None:
        if (attempt, sequence) < (self.attempt, self.sequence):
            return None
        self.attempt, self.sequence = attempt, sequence
        self.blocks = None if blocks is None else list(blocks)
        self._held = {at: patch for at, patch in self._held.items() if not self._is_old(patch)}
        return self._drain()

    def _is_old(self, patch: Patch) -> bool:
        if patch["attempt"] != self.attempt:
            return bool(patch["attempt"] < self.attempt)
        return bool(patch["sequence"] <= self.sequence)

    def _drain(self) -> Changes:
        changes = Changes()
        while patch := self._next():
            assert self.blocks is not None
            del self._held[patch["sequence"]]
            for index, kept, html in patch["blocks"]:
                if index == len(self.blocks):
                    self.blocks.append(b"")
                self.blocks[index] = self.blocks[index][: 2 * kept] + units(html)
                changes.indexes.add(index)
            while self.blocks and not self.blocks[-1]:
                self.blocks.pop()
            changes.status = patch["status"]
            self.attempt, self.sequence = patch["attempt"], patch["sequence"]
        return changes

    def _next(self) -> Patch | None:
        if self.blocks is None:
            return None
        patch = self._held.get(self.sequence + 1)
        is_first = self.sequence == 0 and not self.blocks
        if not patch or (patch["attempt"] != self.attempt and not is_first):
            return None
        return patch if self._fits(patch, self.blocks) else None

    def _fits(self, patch: Patch, blocks: Blocks) -> bool:
        count = len(blocks)
        for index, kept, _html in patch["blocks"]:
            length = len(blocks[index]) // 2 if index < len(blocks) else 0
            if index > count or kept > length:
                return False
            count = max(count, index + 1)
        return True


def blocks_of(html: str) -> Blocks:
    """Return the inner HTML of each block in an article, exactly as the server sent it."""
    start = html.index(">", html.index('data-part="text"')) + 1
    blocks = html[start : html.rindex(END)].split(BLOCK)[1:]
    return [units(block[: block.rindex("</div>")]) for block in blocks]


def units(html: str) -> bytes:
    return html.encode("utf-16-le", "surrogatepass")


def joined(blocks: Sequence[bytes]) -> str:
    """Return the HTML of the whole text from its blocks; what is in slots isn't text."""
    html = [SLOT.sub(r"\1\2", block.decode("utf-16-le", "replace")) for block in blocks]
    return "".join(f"{BLOCK}{block}</div>" for block in html)
