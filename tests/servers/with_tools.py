"""The app's settings, and tools that only tests have: as DJANGO_SETTINGS_MODULE of a process."""

from pathlib import Path

from chatapp.settings import *  # noqa: F403
from chatapp.tools import built_in

built_in.__path__.append(str(Path(__file__).with_name("tools")))
