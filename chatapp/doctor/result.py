"""What a check found: a level, a sentence and, when it is not green, what to do about it."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["green", "yellow", "red", "note"]  # a note is neither good nor bad

TIGHT, FULL = 0.7, 0.9  # shares of a limit


@dataclass(frozen=True, slots=True)
class Result:
    """`fix` says what to do and `command` what to type for it; both may be empty."""

    level: Level
    found: str
    fix: str = ""
    command: str = ""


def green(found: str) -> Result:
    return Result("green", found)


def yellow(found: str, fix: str = "", command: str = "") -> Result:
    return Result("yellow", found, fix, command)


def red(found: str, fix: str = "", command: str = "") -> Result:
    return Result("red", found, fix, command)


def note(found: str, fix: str = "", command: str = "") -> Result:
    return Result("note", found, fix, command)


def by_share(used: float, limit: float, found: str, fix: str = "", command: str = "") -> Result:
    """Green while there is room, yellow from 70 % of the limit on, red from 90 % on.

    A limit of 0 is none.
    """
    share = used / limit if limit else 0
    if share >= FULL:
        return red(found, fix, command)
    if share >= TIGHT:
        return yellow(found, fix, command)
    return green(found)
