"""The weight of each role in the line."""

from collections.abc import Iterator

import pytest

from chatapp.accounts.models import Person
from chatapp.accounts.roles import Role
from chatapp.spending.line import weights


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    weights._known.clear()
    yield
    weights._known.clear()


async def test_nothing_is_looked_up_while_all_weigh_the_same() -> None:
    assert await weights.weight_of(Person().pk) == 1.0


@pytest.mark.django_db(transaction=True)
async def test_a_role_has_its_weight(
    owner: Person, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(weights.WEIGHTS, Role.OWNER, 3.0)
    assert await weights.weight_of(owner.pk) == 3.0
    assert await weights.weight_of(member.pk) == 1.0
    assert await weights.weight_of(Person().pk) == 1.0
