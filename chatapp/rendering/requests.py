"""What the render worker is asked for."""

from typing import Literal, NamedTuple

MAX_REQUEST_BYTES = 64 * 1024 * 1024

# A whole document, with colours in its code or without; the blocks of a part of one without what
# surrounds them; a block of code.
type Kind = Literal["document", "plain document", "blocks", "code"]


class Request(NamedTuple):
    """`detail` is the language of code, and the prefix of ids of anything else."""

    kind: Kind
    detail: str
    text: str
