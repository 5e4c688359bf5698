"""The short form of the rehearsal: from the README's first command to a deploy in mid-reply."""

from pathlib import Path

import pytest

from tests.rehearsal.addons import MAX_CONNECTIONS, is_complete
from tests.rehearsal.rehearsal import rehearsing
from tests.system.browser import find_browser


@pytest.mark.skipif(not is_complete(), reason="PostgreSQL 15, Redis and git are needed")
@pytest.mark.skipif(not find_browser(), reason="no browser on this machine")
@pytest.mark.long
@pytest.mark.timeout(300)
def test_the_commands_of_the_readme_deploy_the_app(tmp_path: Path) -> None:
    with rehearsing(tmp_path, anew=False) as rehearsal:
        rehearsal.deploy()
        rehearsal.claim()
        rehearsal.talk()
        rehearsal.push_again()

        count, lost = rehearsal.replies()
        assert count == 12
        assert not lost
        assert rehearsal.platform.figures.postgres < MAX_CONNECTIONS
        assert not rehearsal.platform.figures.killed
