"""Many people share one process with the smallest connection pool."""

import asyncio
import time
import uuid
from pathlib import Path

import pytest

from tests.chaos.instance import running_instance
from tests.chaos.question import Question
from tests.chaos.record import Record
from tests.chaos.tab import Tab
from tests.servers.marks import needs_postgres, needs_redis
from tests.support.session import Session

SENDS = 12  # three times the connections of the pool
AT_ONCE = 5.0  # seconds; who waits for a connection that never comes gets an error after 10


@needs_postgres
@needs_redis
@pytest.mark.long
@pytest.mark.timeout(120)
def test_more_sends_than_connections_are_accepted_at_once(tmp_path: Path) -> None:
    with running_instance(tmp_path, 1, ["person@example.com"]) as instance:
        seconds = asyncio.run(send_together(instance.url))

        assert max(seconds) < AT_ONCE
        assert sum(row.role == "user" for row in instance.rows()) == SENDS


async def send_together(url: str) -> list[float]:
    """Open this many pages, send from all at once, and return how long each took."""
    record = Record()
    async with Session.signed_in(url, "person@example.com") as person:
        tabs = [Tab(f"page {number}", person, record) for number in range(SENDS)]
    for tab in tabs:
        await tab.open(str(uuid.uuid4()), new=True)
    try:
        return await asyncio.gather(*(send(tab, number) for number, tab in enumerate(tabs)))
    finally:
        for tab in tabs:
            await tab.close()


async def send(tab: Tab, number: int) -> float:
    begin = time.monotonic()
    await tab.post(
        f"/c/{tab.conversation}/messages",
        client_id=str(uuid.uuid4()),
        conversation=tab.conversation,
        text=str(Question(f"crowd{number}", 20, 50.0)),
        parent="",
    )
    return time.monotonic() - begin
