"""`python -m tests.bench.spending SENDS`: what ledger and caps add to sends, on the database of the
environment.

Prints as JSON, for no caps and for four of them, the queries of a send, and the milliseconds of CPU
of each send: looking at the caps, recording the call, and settling it. The floor is one row,
inserted and updated without anything else.
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
from chatapp.spending import caps, kept_sums  # noqa: E402
from chatapp.spending.caps import Scope, set_cap  # noqa: E402
from chatapp.spending.models import ModelCall  # noqa: E402
from chatapp.spending.periods import Period  # noqa: E402

MODEL = "claude-sonnet-4-6"
MESSAGES = 20  # in the request
LARGE = 10**12  # micro-dollars
EARLIER = 5_000  # calls in the ledger
UNSUMMED = 200  # further ones: a minute of the largest quota, after which they are added
INSERT = "INSERT INTO spending_budget (key, used, created, has_warned) VALUES (%s, 0, 0, %s)"


def main(sends: int) -> None:
    owner = Person.objects.get(is_owner=True)
    conversation = Conversation.objects.create(owner=owner, model=MODEL)
    text = "What is a heron, and where does it live? " * 20
    messages = tuple(ChatMessage.from_text("user", text) for _ in range(MESSAGES))
    new = NewCall("reply", CompletionRequest(MODEL, messages, 8_192), conversation=conversation)
    for count in (EARLIER, UNSUMMED):
        kept_sums.update()
        ModelCall.objects.bulk_create(_ended(owner) for _call in range(count))

    def send() -> Call:
        ledger().check(lambda: owner, MODEL, text)
        return ledger().begin(new)

    found = {"floor": [0, _times(lambda: None, _write_row, sends)]}
    caps.refresh()
    found["no caps"] = _measured(send, sends)
    for period in Period:
        for scope in (Scope.instance(), Scope.of_person(owner)):
            set_cap(scope, period, LARGE, owner)
    caps.refresh()
    _settle(send())  # a process that knows nothing of a budget looks first
    found["four caps"] = _measured(send, sends)
    print(json.dumps(found))


def _ended(person: Person) -> ModelCall:
    return ModelCall(person=person, purpose="reply", model=MODEL, cost=1, state="ended")


def _measured(send: Callable[[], Call], sends: int) -> list[object]:
    with CaptureQueriesContext(connection) as captured:
        _settle(send())
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
        cursor.execute(INSERT, [key, False])
        cursor.execute("UPDATE spending_budget SET used = 1 WHERE key = %s", [key])


if __name__ == "__main__":
    main(int(sys.argv[1]))
