"""The app's settings, and the tools in `planted/` among the built-in ones."""

from pathlib import Path

from chatapp.settings import *  # noqa: F403
from chatapp.tools import built_in

built_in.__path__.append(str(Path(__file__).parent / "planted"))
