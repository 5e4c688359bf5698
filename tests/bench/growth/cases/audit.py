"""Show a long audit log, all of it and what one person did."""

from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry
from tests.bench.growth.case import Run, case, get
from tests.support.people import OWNER

BATCH = 5_000  # rows written at once


@case("The audit log", 20_000, "entries")
def audit_log(count: int) -> Run:
    person = Person.objects.get(email=OWNER)
    Entry.objects.bulk_create(
        (
            Entry(action=Action.SIGNED_IN, actor=person, actor_email=OWNER, details={})
            for _ in range(count)
        ),
        batch_size=BATCH,
    )
    return get(OWNER, "/people/log/?group=sign-in")
