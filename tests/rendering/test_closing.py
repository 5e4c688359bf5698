"""Markdown that stands before other Markdown leaves nothing open."""

import comrak
import pytest

from chatapp.rendering import close_blocks

OPEN = {
    "```python\nprint()": "```",
    "~~~\ntext": "~~~",
    "````md\n```\ninner": "````",
    "```\n~~~~\n": "```",
    "  ```\nindented": "```",
    "Text\n<!-- a comment": "-->",
    "<pre>\n\ntext": "</pre>",
    "<SCRIPT>\n\ntext": "</script>",
    "<?php": "?>",
    "<![CDATA[": "]]>",
    "<!DOCTYPE": ">",
}
CLOSED = [
    "",
    "Plain text.",
    "```\ncode\n```",
    "~~~\ncode\n~~~\nText",
    "- item\n  ```\n  in a list, which the heading ends",
    "> ```\n> in a quote",
    "Inline ``` code",
    "    ```\n    indented code",
]


@pytest.mark.parametrize("text", OPEN)
def test_what_is_open_is_closed(text: str) -> None:
    closed = close_blocks(text)

    assert closed == f"{text}\n{OPEN[text]}"
    assert "<h2>Next</h2>" in comrak.render_markdown(f"{closed}\n\n## Next\n")


@pytest.mark.parametrize("text", CLOSED)
def test_what_is_closed_stays_as_it_is(text: str) -> None:
    assert close_blocks(text) == text
