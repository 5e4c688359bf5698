"""Tool calls in real processes: a result waits for the database, and a process that shuts down in
mid-call leaves the next one to it."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.servers.app import CLEAN_EXITS
from tests.servers.held_service import HeldService, running_held_service
from tests.servers.marks import needs_postgres
from tests.servers.postgres import running_postgres
from tests.support.session import JSON, WAIT, Session, Socket
from tests.system.app import running_app, two_apps

TOOLS = {"DJANGO_SETTINGS_MODULE": "tests.servers.with_tools"}
STEPS = """
    SELECT name, state, content, takeovers
    FROM conversations_toolcall JOIN conversations_message ON conversations_message.id = reply_id
"""


@pytest.fixture
async def held_service() -> AsyncIterator[HeldService]:
    async with running_held_service() as held_service:
        yield held_service


async def begun(person: Session, socket: Socket, held_service: HeldService, tool: str) -> str:
    """Let the model call a tool, wait until the call runs, and return the URL of the reply."""
    conversation = uuid.uuid4()
    await person.send(conversation, f"/call {tool} {{}}")
    await socket.until("message.created")
    reply = (await socket.until("message.created"))[-1]["message"]
    await held_service.called()
    return f"/c/{conversation}/replies/{reply}"


async def logged(capfd: pytest.CaptureFixture[str], words: str) -> None:
    written = ""
    while words not in written:
        await asyncio.sleep(0.05)
        written += capfd.readouterr().err


@pytest.mark.long
@needs_postgres
@pytest.mark.timeout(120)
@pytest.mark.parametrize(("is_long", "takeovers"), [(False, 0), (True, 1)])
async def test_the_result_of_a_call_waits_for_the_database(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    held_service: HeldService,
    is_long: bool,
    takeovers: int,
) -> None:
    """The database restarts, and takes so long that the process must release the reply."""
    with running_postgres(tmp_path) as postgres:
        database = postgres.create_database("chat")
        with running_app(
            tmp_path, DATABASE_URL=database, TEST_HELD_SERVICE=held_service.url, **TOOLS
        ) as app:
            async with (
                Session.signed_in(app.url) as person,
                person.listening() as socket,
                asyncio.timeout(4 * WAIT),
            ):
                path = await begun(person, socket, held_service, "ring")

                await asyncio.to_thread(postgres.stop, "immediate")
                held_service.release()
                await held_service.answered()
                if is_long:
                    # Who waits for a connection gets an error as late as a lease ends.
                    await logged(capfd, "A tool result could not be stored")
                await asyncio.to_thread(postgres.start)

                await socket.until("message.finished")
                state = (await person.http.get(f"{path}/state", headers=JSON)).json()
            with psycopg.connect(database) as connection:
                tool_calls = connection.execute(STEPS).fetchall()

    assert held_service.calls == 1
    assert tool_calls == [("ring", "done", '{"heard":"ding"}', takeovers)]
    assert state["status"] == "complete"
    assert '{"heard":"ding"}' in state["text"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("tool", "calls", "status", "shown"),
    [
        pytest.param("listen", 2, "complete", 'data-state="done"', marks=pytest.mark.long),
        ("ring", 1, "waiting", "Run again"),
    ],
)
async def test_a_process_that_shuts_down_in_mid_call_leaves_it_to_the_next(
    tmp_path: Path, held_service: HeldService, tool: str, calls: int, status: str, shown: str
) -> None:
    environment: dict[str, Any] = {
        "CHAT_HAND_OVER_SECONDS": "0.2",
        "TEST_HELD_SERVICE": held_service.url,
    }
    with two_apps(tmp_path, **environment, **TOOLS) as (one, two):
        async with (
            Session.signed_in(one.url) as person,
            person.listening(two.url) as beside,
            asyncio.timeout(2 * WAIT),
        ):
            async with person.listening() as socket:
                path = await begun(person, socket, held_service, tool)

            assert await asyncio.to_thread(one.stop) in CLEAN_EXITS
            if calls > 1:
                await held_service.called(calls)
                held_service.release()

            await beside.until("message.finished")
            state = (await person.http.get(f"{two.url}{path}/state", headers=JSON)).json()

    assert (state["status"], held_service.calls) == (status, calls)
    assert shown in state["html"]
