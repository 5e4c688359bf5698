"""Requests to the render worker."""

from typing import Literal, NamedTuple

MAX_REQUEST_BYTES = 64 * 1024 * 1024

# A whole document with or without highlighted code, the inner HTML of a part of one, or a block of
# code.
type Kind = Literal["document", "plain document", "blocks", "code"]


class Request(NamedTuple):
    """Hold a request. `detail` is the language for code, and the prefix of ids for Markdown.

    `text` is normalised; a document may have several parts (`text_parts.join`).
    """

    kind: Kind
    detail: str
    text: str
