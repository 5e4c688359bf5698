"""Show the sidebar of a person with many conversations."""

from tests.bench.growth.case import Run, case, get
from tests.bench.in_app import conversations

COLLECTOR = "collector@example.com"


@case("The sidebar", 10_000, "conversations")
def sidebar(count: int) -> Run:
    conversations(COLLECTOR, str(count))
    return get(COLLECTOR, "/conversations")
