"""The result of a check: a level, a sentence and, when it isn't green, how to fix it."""

from dataclasses import dataclass
from typing import Literal

from django.conf import settings

Level = Literal["green", "yellow", "red", "note"]  # a note is neither good nor bad

YELLOW_SHARE, RED_SHARE = 0.7, 0.9  # of a limit


@dataclass(frozen=True, slots=True)
class Result:
    """`fix` says what to do, and `command` is what to type for it; both may be empty."""

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
    """Return yellow from 70 % of the limit on, and red from 90 % on. 0 means no limit."""
    share = used / limit if limit else 0
    if share >= RED_SHARE:
        return red(found, fix, command)
    if share >= YELLOW_SHARE:
        return yellow(found, fix, command)
    return green(found)


def heroku(command: str, local: str = "") -> str:
    """Return the platform's command on a dyno, and `local` on any other machine."""
    return f"heroku {command}" if settings.ON_DYNO else local


def set_config(assignment: str) -> str:
    """Return the command that sets a config var."""
    return heroku(f"config:set {assignment}", f"{assignment} make run")
