"""`python -m tests.spending.spender CALLS`: make calls for the owner, as one of several processes.

Prints how many were refused as JSON. With `CALLS` 0 it sets a cap of a dollar first and makes none;
with -1 it prints what all calls have committed, and what is used of the cap.
"""

import json
import os
import random
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
django.setup()

# Everything below needs the apps to be loaded.
from django.utils import timezone  # noqa: E402

from chatapp.accounts.models import Person  # noqa: E402
from chatapp.conversations.models import Conversation  # noqa: E402
from chatapp.inference import ChatMessage, CompletionRequest  # noqa: E402
from chatapp.replies.accounting import CallUsage, CapReached, NewCall, ledger  # noqa: E402
from chatapp.spending import caps, kept_sums, reservations  # noqa: E402
from chatapp.spending.caps import Scope, set_cap  # noqa: E402
from chatapp.spending.models import ModelCall  # noqa: E402
from chatapp.spending.periods import Period  # noqa: E402

DOLLAR = 1_000_000  # micro-dollars
MODEL = "claude-sonnet-4-6"


def main(calls: int) -> object:
    owner = Person.objects.get()
    if calls == 0:
        return set_cap(Scope.instance(), Period.MONTH, DOLLAR, owner)
    if calls < 0:
        limits = caps.limits_of(owner, timezone.now())
        before = reservations.used_of(limits)
        kept_sums.update()
        assert reservations.used_of(limits) == before
        return [ModelCall.objects.all().committed(), *before.values()]
    request = CompletionRequest(MODEL, (ChatMessage.from_text("user", "Hello"),), 4_096)
    new = NewCall("reply", request, conversation=Conversation(owner=owner, model=MODEL))
    refused = 0
    for number in range(calls):
        if number % 10 == 5:
            kept_sums.update()
        try:
            call = ledger().begin(new)
        except CapReached:
            refused += 1
        else:
            if random.random() < 0.9:
                used = CallUsage(1_000, random.randrange(call.request.max_tokens))
                ledger().settle([(call, used)])
    return refused


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
