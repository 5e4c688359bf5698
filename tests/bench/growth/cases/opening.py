"""Open a conversation, in which only the newest messages are shown."""

from tests.bench.growth.case import Run, case, get
from tests.bench.in_app import conversation

READER = "reader@example.com"


@case("Opening a conversation", 2_000, "messages")
def opening(count: int) -> Run:
    return get(READER, conversation(READER, str(count)))
