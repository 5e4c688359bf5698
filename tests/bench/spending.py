"""`python -m tests.bench.spending SENDS`: what ledger and caps add to sends, on the database of the
environment.

Prints as JSON, for no caps and for four of them, the queries of a send before the call, and the
milliseconds of CPU of each send: looking at the caps, recording the call, and settling it. The
floor is one row, inserted and updated without anything else.
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
django.setup()

# Everything below needs the apps to be loaded.
from django.db import connection, transaction  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from chatapp.accounts.models import Person  # noqa: E402
from chatapp.conversations.models import Conversation  # noqa: E402
from chatapp.inference import ChatMessage, CompletionRequest  # noqa: E402
from chatapp.replies.accounting import Call, CallUsage, NewCall, ledger  # noqa: E402
from chatapp.spending import caps  # noqa: E402
from chatapp.spending.caps import Scope, set_cap  # noqa: E402
from chatapp.spending.models import Budget, Cap, ModelCall  # noqa: E402
from chatapp.spending.periods import Period  # noqa: E402

MODEL = "claude-sonnet-4-6"
MESSAGES = 20  # in the request
LARGE = 10**12  # micro-dollars
EARLIER = 5_000  # calls in the ledger


def main(sends: int) -> None:
    owner = Person.objects.get(is_owner=True)
    conversation = Conversation.objects.create(owner=owner, model=MODEL)
    text = "What is a heron, and where does it live? " * 20
    messages = tuple(ChatMessage.from_text("user", text) for _ in range(MESSAGES))
    new = NewCall("reply", CompletionRequest(MODEL, messages, 8_192), conversation=conversation)
    rows = [ModelCall(person=owner, purpose="reply", model=MODEL, cost=1) for _ in range(EARLIER)]
    ModelCall.objects.bulk_create(rows)

    def send() -> Call:
        ledger().check(lambda: owner, MODEL, text)
        return ledger().begin(new)

    found = {"floor": [0, _times(lambda: None, _write_row, sends)]}
    caps.refresh()
    found["no caps"] = _measured(send, sends)
    for period in Period:
        for scope in (Scope.instance(), Scope.of_person(owner)):
            set_cap(scope, period, LARGE, owner)
    Cap.objects.update(changed_at="2026-01-01T00:00:00Z")
    caps.refresh()
    send()
    Budget.objects.update(created=0, summed=2**40)  # as a minute after the first call
    found["four caps"] = _measured(send, sends)
    print(json.dumps(found))


def _measured(send: Callable[[], Call], sends: int) -> list[object]:
    with CaptureQueriesContext(connection) as captured:
        send()
    asked = [one for one in captured.captured_queries if one["sql"][:5] not in ("BEGIN", "COMMI")]
    return [len(asked), _times(send, _settle, sends)]


def _times[T](begin: Callable[[], T], end: Callable[[T], None], count: int) -> list[float]:
    times = []
    for _send in range(count):
        at = time.process_time()
        end(begin())
        times.append((time.process_time() - at) * 1000)
    return times


def _settle(call: Call) -> None:
    with transaction.atomic():
        ledger().settle([(call, CallUsage(4_000, 500))])


def _write_row(_begun: object) -> None:
    key = str(uuid.uuid4())
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO spending_budget VALUES (%s, 0, 0, 0, %s)", [key, False])
        cursor.execute("UPDATE spending_budget SET used = 1 WHERE key = %s", [key])


if __name__ == "__main__":
    main(int(sys.argv[1]))
