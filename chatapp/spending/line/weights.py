"""How much of the quota a person gets when several wait: twice the weight, twice the calls."""

import time
from uuid import UUID

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.accounts.roles import Role

# The one place that decides it.
WEIGHTS = {Role.OWNER: 1.0, Role.ADMIN: 1.0, Role.MEMBER: 1.0, Role.GUEST: 1.0}
KEPT_SECONDS = 60.0  # a role that changed counts from then on

_known: dict[UUID, tuple[float, float]] = {}  # weight, and until when


async def weight_of(person: UUID) -> float:
    """Return the weight of a person. While all weights are equal nothing is looked up."""
    weights = set(WEIGHTS.values())
    if len(weights) == 1:
        return weights.pop()
    weight, until = _known.get(person, (1.0, 0.0))
    if until < time.monotonic():
        weight = await background.in_thread(_look_up, person)
        _known[person] = weight, time.monotonic() + KEPT_SECONDS
    return weight


def _look_up(person: UUID) -> float:
    found = Person.objects.filter(pk=person).first()
    return WEIGHTS[found.role] if found else 1.0
