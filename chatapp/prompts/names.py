"""Names of prompts, as they are typed behind a slash: letters, digits and hyphens."""

import re
import unicodedata

MAX_LENGTH = 40  # characters
FALLBACK = "prompt"
# Marks are parts of letters in many scripts.
LETTERS_AND_DIGITS = "LMN"  # first letters of Unicode categories
HYPHENS = re.compile("-+")


def normalize(typed: str) -> str:
    """Return a name as it is stored: in lower case, without the slash before it, and with hyphens
    between words."""
    name = unicodedata.normalize("NFKC", typed).strip().removeprefix("/").lower()
    return "-".join(name.split())


def is_valid(name: str) -> bool:
    """Return whether a normalized name can be stored."""
    is_short = 0 < len(name) <= MAX_LENGTH
    return is_short and name == name.strip("-") and all(map(_may_be_in_name, name))


def name_for(title: str) -> str:
    """Return a name for any title, such as that of a file."""
    kept = (each if _may_be_in_name(each) else "-" for each in normalize(title))
    name = HYPHENS.sub("-", "".join(kept)).strip("-")
    return name[:MAX_LENGTH].strip("-") or FALLBACK


def numbered(name: str, number: int) -> str:
    """Return the name with a number behind it, for the second of two prompts and later ones."""
    ending = f"-{number}"
    return name[: MAX_LENGTH - len(ending)].strip("-") + ending


def _may_be_in_name(character: str) -> bool:
    return character == "-" or unicodedata.category(character)[0] in LETTERS_AND_DIGITS
