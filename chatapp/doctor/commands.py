"""What to type: a command of the platform on a dyno, its like on any other machine."""

from django.conf import settings


def heroku(command: str, here: str = "") -> str:
    """`here` is what does the same elsewhere, "" when nothing does."""
    return f"heroku {command}" if settings.ON_DYNO else here


def config(assignment: str) -> str:
    """Sets a config var."""
    return heroku(f"config:set {assignment}", f"{assignment} make run")
