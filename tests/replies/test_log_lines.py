"""Each event is one log line that names its request and reply, without any text of people."""

import asyncio
import io
import logging
import uuid
from collections.abc import Iterator

import pytest

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange
from chatapp.inference import Finished, TextDelta, Usage
from chatapp.replies import generation
from chatapp.server import logs
from tests.support.replies import answering
from tests.support.tab import JSON, Tab

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Return the log of the server."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.line_formatter())
    logging.getLogger("chatapp").addHandler(handler)
    yield written
    logging.getLogger("chatapp").removeHandler(handler)


def lines(log: io.StringIO) -> list[str]:
    return log.getvalue().splitlines()


def test_a_message_of_several_lines_is_one_line(log: io.StringIO) -> None:
    logging.getLogger("chatapp.test").warning('two\nlines and a "quote"')

    assert lines(log) == ['level=warning logger=chatapp.test event="two\\nlines and a \\"quote\\""']


def test_a_traceback_is_in_the_same_line(log: io.StringIO) -> None:
    try:
        raise ValueError("on purpose")
    except ValueError:
        logging.getLogger("chatapp.test").exception("It broke")

    [line] = lines(log)
    assert "ValueError: on purpose" in line


async def test_a_finished_reply_is_one_line(
    running: Exchange, no_service: None, log: io.StringIO
) -> None:
    with answering(TextDelta("A secret."), Usage(12, 3), Finished("stop")):
        await generation.generate(running.reply)

    [line] = [line for line in lines(log) if "Reply ended" in line]
    for field in (
        f"conversation={running.conversation.pk}",
        f"reply={running.reply.pk}",
        *("attempt=1", "outcome=complete", "takeovers=0", "estimated=false"),
        *("prompt_tokens=12", "completion_tokens=3", "first_token_ms="),
    ):
        assert field in line
    assert "secret" not in log.getvalue()


@pytest.mark.parametrize(
    ("given", "logged"), [("abc-123", "request=abc-123 "), ('x"\nlevel=error', "request=")]
)
async def test_a_reply_names_the_request_that_asked_for_it(
    owner: Person, demo: None, log: io.StringIO, given: str, logged: str
) -> None:
    tab = await Tab.of(owner)
    fields = {"client_id": str(uuid.uuid4()), "text": "/long 3"}
    url = f"/c/{tab.conversation}/messages"

    await tab.client.post(url, fields, headers=JSON | {"x-request-id": given})
    if making := background.running("reply:"):
        await asyncio.wait(making)

    [line] = [line for line in lines(log) if "Reply ended" in line] or [""]
    assert logged in line
    assert "level=error" not in line
