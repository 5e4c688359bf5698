"""`python -m tests.bench.branch_switch MESSAGES`: switches branches on the database of the
environment.

Makes a conversation whose first message has two versions, one with a branch of so many messages and
one with a short branch, and prints how many queries a switch makes and how many milliseconds each
takes, as JSON.
"""

import json
import sys
import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.bench.in_app import Message, conversation

OWNER = "switcher@example.com"
SWITCHES = 10


def main(count: int) -> None:
    pk = conversation(OWNER, str(count)).split("/")[2]
    rows = Message.objects.filter(conversation=pk)
    long = rows.get(position=0)
    short = Message(
        conversation=long.conversation,
        position=0,
        on_branch=False,
        role=Message.Role.USER,
        status=Message.Status.COMPLETE,
    )
    short.save()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as autovacuum does it, a minute later
    with CaptureQueriesContext(connection) as captured:
        short.show()
    print(json.dumps([len(captured), [_time(long, short) for _ in range(SWITCHES)]]))


def _time(*versions: Message) -> float:
    """Return the milliseconds of the slower of two switches, to the first one and back."""
    times = []
    for version in versions:
        begin = time.perf_counter()
        assert version.show()
        times.append((time.perf_counter() - begin) * 1000)
    return max(times)


if __name__ == "__main__":
    main(int(sys.argv[1]))
