from uuid import uuid4

import pytest
from django.urls import NoReverseMatch, reverse

from chatapp.conversations.models.display import RESOURCES
from chatapp.server.quick_reverse import url_of


@pytest.mark.parametrize(
    ("name", "count"), [("conversation", 1), *((name, 2) for name in RESOURCES), ("decision", 3)]
)
def test_a_url_is_the_one_that_django_writes(name: str, count: int) -> None:
    for _ in range(2):
        ids = [uuid4() for _ in range(count)]
        assert url_of(name, *ids) == reverse(name, args=ids)


def test_an_unknown_url_is_an_error() -> None:
    with pytest.raises(NoReverseMatch):
        url_of("conversation")
