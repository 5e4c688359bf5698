"""`python -m tests.chaos.spender EMAIL`: begin and settle calls for a person until it is killed.

It goes on whatever the database does, and adds to the kept sums now and then.
"""

import os
import random
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
django.setup()

# Everything below needs the apps to be loaded.
from django.db import Error, connection  # noqa: E402

from chatapp.accounts.models import Person  # noqa: E402
from chatapp.inference import ChatMessage, CompletionRequest  # noqa: E402
from chatapp.replies.accounting import CallUsage, CapReached, NewCall, ledger  # noqa: E402
from chatapp.spending import kept_sums  # noqa: E402

MODEL = "claude-sonnet-4-6"
MAX_TOKENS = 4_096
PACE_SECONDS = 0.05  # between two calls
UPDATE_SHARE = 0.1  # of the calls


def main(email: str) -> None:
    request = CompletionRequest(MODEL, (ChatMessage.from_text("user", "Hello"),), MAX_TOKENS)
    while True:
        try:
            _call(NewCall("diagnostics", request, person=Person.objects.get(email=email)))
        except Error:
            connection.close()  # the database is away
        time.sleep(PACE_SECONDS)


def _call(new: NewCall) -> None:
    if random.random() < UPDATE_SHARE:
        kept_sums.update()
    try:
        call = ledger().begin(new)
    except CapReached:
        return
    ledger().settle([(call, CallUsage(20, random.randrange(call.request.max_tokens)))])


if __name__ == "__main__":
    main(sys.argv[1])
