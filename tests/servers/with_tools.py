"""The app's settings, and tools that only tests have: as DJANGO_SETTINGS_MODULE of a process."""

import os
from pathlib import Path

from chatapp.tools import built_in as package
from tests.servers.quick_sign_in import *  # noqa: F403

package.__path__.append(str(Path(__file__).with_name("tools")))
# A minute may be shorter for tests that would wait for it.
LINE_WINDOW_SECONDS = float(os.environ.get("TEST_LINE_WINDOW", "60"))
