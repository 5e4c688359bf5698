"""People who race for one invitation, or for one email: one wins, the others read a sentence."""

import threading
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry
from chatapp.people.models import Invitation
from tests.people.forms import invite, join

pytestmark = pytest.mark.django_db(transaction=True)
RACERS = 4


def race(run: Callable[[int], int]) -> Counter[int]:
    """Do something in several threads at the same instant; count what each returns."""
    start, outcomes = threading.Barrier(RACERS), []

    def begin(number: int) -> None:
        start.wait()
        try:
            outcomes.append(run(number))
        finally:
            connection.close()

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


def test_of_racing_people_one_joins(path: str) -> None:
    outcomes = race(
        lambda number: join(Client(), path, email=f"racer{number}@example.com").status_code
    )

    assert outcomes == {HTTPStatus.FOUND: 1, HTTPStatus.NOT_FOUND: RACERS - 1}
    assert Person.objects.filter(email__startswith="racer").count() == 1
    assert Entry.objects.filter(action=Action.JOINED).count() == 1


def test_of_two_links_for_one_email_one_is_left(owner_client: Client) -> None:
    paths = [invite(owner_client) for _ in range(RACERS)]

    outcomes = race(lambda number: join(Client(), paths[number]).status_code)

    assert outcomes == {HTTPStatus.FOUND: 1, HTTPStatus.UNPROCESSABLE_ENTITY: RACERS - 1}
    assert Invitation.objects.count() == RACERS - 1


def test_a_link_is_revoked_or_used_but_not_both(
    owner_client: Client, path: str, invitation: Invitation
) -> None:
    revocation = f"/people/invitations/{invitation.pk}/revocation"

    race(
        lambda number: (
            join(Client(), path).status_code
            if number % 2
            else owner_client.post(revocation).status_code
        )
    )

    joined = Entry.objects.filter(action=Action.JOINED).count()
    revoked = Entry.objects.filter(action=Action.INVITATION_REVOKED).count()
    assert joined + revoked == 1
    assert Person.objects.filter(email="new@example.com").count() == joined
