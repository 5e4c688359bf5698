"""Search in a person's messages for a word that many of them have.

On Postgres the statements are those of a reader thread, whose connection is counted by the row
`search` alone.
"""

from chatapp.conversations.models import Conversation
from chatapp.search import backfill
from tests.bench.growth.case import Run, case, get
from tests.bench.in_app import WORDS, conversation

SEARCHER = "searcher@example.com"


@case("A search", 4_000, "messages")
def searching(count: int) -> Run:
    conversation(SEARCHER, str(count))
    backfill.rewrite(list(Conversation.objects.filter(owner__email=SEARCHER)))
    return get(SEARCHER, f"/search/?q={WORDS[7]}")
