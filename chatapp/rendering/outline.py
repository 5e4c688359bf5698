"""Number the headings of a reply so that no level is skipped, for readers who jump by them.

A reply may begin with `###`, which becomes an h5 directly below the page's h2. Its look follows
the source; its level (`aria-level`) follows the headings before it.
"""

import re

_FIRST_LEVEL = 3  # the page has an h1 and an h2
_HEADING = re.compile(r"<h([3-6])(?=[ >])")


class Outline:
    def __init__(self, above: tuple[int, ...] = ()) -> None:
        self._above = above  # the tags' levels of the headings that the next one is inside of

    def copy(self) -> "Outline":
        return Outline(self._above)

    def add_levels(self, html: str) -> str:
        """Return the HTML of the next block; a level is written where it differs from the tag."""
        return _HEADING.sub(self._with_level, html) if "<h" in html else html

    def _with_level(self, heading: re.Match[str]) -> str:
        tag_level = int(heading[1])
        self._above = (*(level for level in self._above if level < tag_level), tag_level)
        level = _FIRST_LEVEL - 1 + len(self._above)
        return heading[0] if level == tag_level else f'{heading[0]} aria-level="{level}"'
