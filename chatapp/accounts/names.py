"""The names that people give themselves, which others read beside their own text."""

import re
import unicodedata

# Control characters that change the direction of text.
DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean_name(text: str) -> str:
    """Return a name on one line without what could reverse the text around it.

    One that nobody sees is none: "".
    """
    name = " ".join(DIRECTIONS.sub("", text).split())
    return name if any(unicodedata.category(each)[0] not in "CZ" for each in name) else ""
