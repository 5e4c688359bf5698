"""Active sessions: what is shown of them, and ending them at once."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from chatapp.accounts.models import Person, SignIn
from chatapp.accounts.my_account import sessions
from chatapp.audit.models import Action, Entry
from tests.support.people import MEMBER, OWNER, PASSWORD
from tests.support.tab import Tab

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1"
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def sign_in(user_agent: str, email: str = OWNER, address: str = "192.0.2.1") -> Client:
    client = Client(headers={"user-agent": user_agent}, REMOTE_ADDR=address)
    client.post("/account/sign-in/", {"login": email, "password": PASSWORD})
    return client


def confirm(client: Client) -> None:
    client.post("/account/reauthenticate/", {"password": PASSWORD})


def key_of(client: Client) -> str:
    return client.cookies["sessionid"].value


def shown(client: Client) -> list[tuple[str, bool]]:
    person = Person.objects.get(email=OWNER)
    return [
        (each.device, each.is_this_one) for each in sessions.active_sessions(person, key_of(client))
    ]


def is_signed_in(client: Client) -> bool:
    return client.get("/account/session").json()["person"] is not None


def id_of(client: Client) -> str:
    return str(SignIn.objects.get(session_key=key_of(client)).pk)


def test_the_page_lists_devices_and_marks_this_one(owner: Person, member: Person) -> None:
    phone, laptop = sign_in(PHONE, address="198.51.100.7"), sign_in(LAPTOP)
    sign_in(LAPTOP, MEMBER)

    page = laptop.get("/account/").text

    assert shown(laptop) == [("Firefox on Linux", True), ("Safari on iPhone", False)]
    assert page.count("this browser") == 1
    assert "From 198.51.100.7" in page
    assert all(key_of(client) not in page for client in (phone, laptop))


def test_a_session_is_ended_at_once(owner: Person) -> None:
    phone, laptop = sign_in(PHONE), sign_in(LAPTOP)
    assert is_signed_in(phone)
    confirm(laptop)

    answer = laptop.post(f"/account/sessions/{id_of(phone)}/removal", follow=True)

    assert "Signed out there." in answer.text
    assert not is_signed_in(phone)
    assert is_signed_in(laptop)
    assert shown(laptop) == [("Firefox on Linux", True)]
    entry = Entry.objects.get(action=Action.SESSIONS_ENDED)
    assert (entry.actor, entry.subject, entry.details) == (owner, OWNER, {"count": 1})


def test_all_others_are_ended_and_nobody_elses(owner: Person, member: Person) -> None:
    phone, laptop, other = sign_in(PHONE), sign_in(LAPTOP), sign_in(PHONE, MEMBER)
    confirm(laptop)

    laptop.post("/account/sessions/removal")

    assert [is_signed_in(client) for client in (phone, laptop, other)] == [False, True, True]


def test_sessions_of_others_are_not_found(owner: Person, member: Person) -> None:
    laptop, other = sign_in(LAPTOP), sign_in(PHONE, MEMBER)
    confirm(laptop)

    laptop.post(f"/account/sessions/{id_of(other)}/removal")

    assert is_signed_in(other)
    assert not Entry.objects.filter(action=Action.SESSIONS_ENDED).exists()


def test_the_password_is_asked_for_first_and_then_the_sessions_end(owner: Person) -> None:
    phone, laptop = sign_in(PHONE), sign_in(LAPTOP)

    asked = laptop.post("/account/sessions/removal")
    assert asked.headers["Location"].startswith("/account/reauthenticate/?next=")
    assert is_signed_in(phone)
    wrong = laptop.post(asked.headers["Location"], {"password": "wrong"})
    assert is_signed_in(phone)
    laptop.post(asked.headers["Location"], {"password": PASSWORD})

    # The page redirects when the password was right.
    assert "This isn&#x27;t your current password." in wrong.text
    assert not is_signed_in(phone)


def test_a_session_of_an_older_release_is_listed_and_ended(owner: Person) -> None:
    phone, laptop = sign_in(PHONE), sign_in(LAPTOP)
    SignIn.objects.filter(session_key=key_of(phone)).delete()
    assert shown(laptop) == [("Firefox on Linux", True), ("Unknown browser", False)]
    SignIn.objects.filter(session_key=key_of(phone)).delete()

    assert sessions.end_others(owner, key_of(laptop)) == 1
    assert not is_signed_in(phone)


def test_sessions_of_strangers_cost_nothing(owner: Person) -> None:
    laptop = sign_in(LAPTOP)
    later = timezone.now() + timedelta(days=32)
    Session.objects.create(session_key="a" * 32, session_data="", expire_date=later)

    with patch.object(Session, "get_decoded", autospec=True, return_value={}) as decode:
        sessions.end_others(owner, key_of(laptop))

    assert decode.call_count == 0


def test_signing_in_once_more_in_a_session_is_one_sign_in(owner: Person) -> None:
    client = Client()
    for _time in range(2):
        client.force_login(owner)

    assert SignIn.objects.get().session_key == key_of(client)


def test_a_sign_out_leaves_no_row(owner: Person) -> None:
    phone = sign_in(PHONE)

    phone.post("/account/sign-out/")

    assert not SignIn.objects.exists()


def test_a_new_password_ends_the_others_and_keeps_what_is_known_of_this_one(
    owner: Person,
) -> None:
    sign_in(PHONE)
    laptop = sign_in(LAPTOP)
    before = SignIn.objects.get(session_key=key_of(laptop))

    fields = {"oldpassword": PASSWORD, "password1": "another long password 9"}
    laptop.post("/account/password/", fields)

    assert shown(laptop) == [("Firefox on Linux", True)]
    assert SignIn.objects.get(session_key=key_of(laptop)).pk == before.pk
    assert Entry.objects.get(action=Action.PASSWORD_CHANGED).actor == owner


def test_rows_of_ended_sessions_are_removed(owner: Person) -> None:
    laptop = sign_in(LAPTOP)
    sign_in(PHONE)
    Session.objects.exclude(session_key=key_of(laptop)).delete()

    SignIn.objects.remove_ended()

    assert SignIn.objects.get().session_key == key_of(laptop)


async def test_the_socket_of_an_ended_session_is_closed(owner: Person) -> None:
    tab, other = await Tab.of(owner), await Tab.of(owner)
    async with tab.listening() as gone, other.listening() as stays:
        await sync_to_async(sessions.end_others)(owner, other.client.cookies["sessionid"].value)

        assert (await gone.message())["code"] == 1012
        assert await stays.is_silent()
