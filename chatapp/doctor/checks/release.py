"""Which release runs, on which Python and Django."""

import platform

import django
from django.conf import settings
from django.utils.translation import gettext

from chatapp.doctor.commands import heroku
from chatapp.doctor.result import Result, green, yellow

COMMIT_CHARACTERS = 10
METADATA = "labs:enable runtime-dyno-metadata"


def look() -> Result:
    parts = [
        *([settings.RELEASE] if settings.RELEASE else []),
        *([settings.VERSION[:COMMIT_CHARACTERS]] if settings.VERSION != "local" else []),
        f"Python {platform.python_version()}",
        f"Django {django.get_version()}",
    ]
    found = ", ".join(parts) + "."
    if settings.ON_DYNO and settings.VERSION == "local":
        fix = gettext(
            "Let the app know its release and its name: open pages then say that a new version is "
            "ready, and the model service can fetch images."
        )
        return yellow(found, fix, heroku(METADATA))
    return green(found)
