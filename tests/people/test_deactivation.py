"""Deactivating: sessions, sockets and replies end, and nothing gets in any more."""

import asyncio
from http import HTTPStatus

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from chatapp import background
from chatapp.accounts import access_changes, ended_sessions
from chatapp.accounts.models import LinkRequest, Person
from chatapp.accounts.password_links import password_link
from chatapp.audit.models import Entry
from chatapp.people.deactivation import deactivate, reactivate
from tests.support.people import OWNER, PASSWORD
from tests.support.tab import Tab

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_deactivated_person_is_out_and_stays_out(
    owner_client: Client, member_client: Client, member: Person
) -> None:
    answer = owner_client.post(f"/people/{member.pk}/deactivation")
    assert answer["Location"] == f"/people/{member.pk}/?note=deactivated"

    assert member_client.get("/").status_code == HTTPStatus.FOUND
    fields = {"login": member.email, "password": PASSWORD}
    assert Client().post("/account/sign-in/", fields).headers["Location"] == "/account/inactive/"

    owner_client.post(f"/people/{member.pk}/reactivation")

    # The old session has ended for good; signing in begins another one.
    assert member_client.get("/").status_code == HTTPStatus.FOUND
    fresh = Client()
    assert fresh.post("/account/sign-in/", fields).headers["Location"] == "/"
    assert fresh.get("/").status_code == HTTPStatus.OK
    entries = Entry.objects.exclude(actor=member).order_by("pk")
    assert list(entries.values_list("action", flat=True)) == ["deactivated", "reactivated"]


def test_doing_it_twice_changes_nothing(owner_client: Client, member: Person) -> None:
    owner_client.post(f"/people/{member.pk}/deactivation")
    again = owner_client.post(f"/people/{member.pk}/deactivation")

    assert again["Location"].endswith("?note=unchanged")
    assert Entry.objects.count() == 1


def test_a_session_from_before_versions_is_valid(owner: Person, owner_client: Client) -> None:
    """Nobody is signed out by the release that adds them."""
    stored = Session.objects.get().get_decoded()["_auth_user_hash"]

    assert len(stored) == 64
    assert owner_client.get("/").status_code == HTTPStatus.OK


def test_a_link_of_a_deactivated_person_chooses_no_password(
    owner_client: Client, owner: Person, member: Person
) -> None:
    link = password_link(member)
    LinkRequest.objects.record(member)
    deactivate(owner, member)

    answer = Client().get(link)

    assert answer.status_code == HTTPStatus.OK  # a page that says so, and no form
    assert 'type="password"' not in answer.text
    assert member.email not in owner_client.get("/account/links/").text


async def test_an_admin_sees_no_link_of_the_owner(
    admin: Person, owner: Person, member: Person, admin_client: Client
) -> None:
    for person in (owner, admin, member):
        await background.in_thread(LinkRequest.objects.record, person)

    page = (await background.in_thread(admin_client.get, "/people/")).text

    waiting = page[page.index('id="waiting"') : page.index('id="everybody"')]
    assert member.email in waiting
    assert OWNER not in waiting


async def test_sockets_close_in_this_process(owner: Person, member: Person) -> None:
    tab, other = await Tab.of(member), await Tab.of(owner)
    access_changes.start()
    try:
        async with tab.listening() as gone, other.listening() as stays:
            await background.in_thread(deactivate, owner, member)
            async with asyncio.timeout(5):
                assert (await gone.message())["code"] == 1012
            assert await stays.is_silent()
    finally:
        await background.drain(5)


async def test_another_process_notices_by_itself(owner: Person, member: Person) -> None:
    """Nothing tells this process of the change: only the row does."""
    tab = await Tab.of(member)
    async with tab.listening() as gone:
        await background.in_thread(deactivate, owner, member)
        known = await access_changes.look(set())

        assert (await gone.message())["code"] == 1012
    assert {change.person_id for change in known} == {member.pk}
    assert await access_changes.look(known) == known


async def test_after_a_change_of_role_a_page_gets_another_socket_once(
    owner: Person, member: Person
) -> None:
    """From its first event the page learns what has changed."""
    tab = await Tab.of(member)
    async with tab.listening() as live:
        await background.in_thread(access_changes.note, member.pk)
        known = await access_changes.look(set())

        assert (await live.message())["code"] == 1012
    async with tab.listening() as live:
        await access_changes.look(known)

        assert await live.is_silent()


async def test_nothing_is_looked_up_twice_for_the_same_change(
    owner: Person, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []

    async def look() -> None:
        looks.append("look")

    monkeypatch.setattr(ended_sessions, "close_ended", look)
    await background.in_thread(deactivate, owner, member)

    known = await access_changes.look(set())
    await access_changes.look(known)
    await background.in_thread(reactivate, owner, member)
    await access_changes.look(known)

    assert looks == ["look", "look"]
