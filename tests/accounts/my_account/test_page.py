"""The page of one's own account: each section saves what it shows, and keeps what was typed."""

from http import HTTPStatus

import pytest
from django.test import Client

from chatapp.accounts.models import Person, PersonalInstructions
from chatapp.accounts.roles import Role

pytestmark = pytest.mark.django_db
HOSTILE = '</textarea><script>alert(1)</script>"{{ 7*7 }}'

SECTIONS = ("name", "email", "time-zone", "instructions", "sessions/removal")


@pytest.mark.parametrize("role", Role)
def test_everybody_has_the_page(
    owner_client: Client, member_client: Client, member: Person, role: Role
) -> None:
    if role != Role.OWNER:
        Person.objects.filter(pk=member.pk).update(assigned_role=role)
    client = owner_client if role == Role.OWNER else member_client

    page = client.get("/account/").text

    assert "<h1>Your account</h1>" in page
    assert ("Transfer the ownership" in page) == (role == Role.OWNER)


@pytest.mark.parametrize("path", ["", *SECTIONS])
def test_a_stranger_must_sign_in(stranger_client: Client, owner: Person, path: str) -> None:
    answers = [stranger_client.get(f"/account/{path}"), stranger_client.post(f"/account/{path}")]

    assert [answer.status_code for answer in answers] == [HTTPStatus.FOUND] * 2
    assert all(answer.headers["Location"].startswith("/account/sign-in/") for answer in answers)


@pytest.mark.parametrize("path", SECTIONS)
def test_the_address_of_a_section_leads_to_the_page(owner_client: Client, path: str) -> None:
    assert owner_client.get(f"/account/{path}").headers["Location"] == "/account/"


def test_a_name_is_shown_instead_of_the_email(owner_client: Client, owner: Person) -> None:
    answer = owner_client.post("/account/name", {"name": "  Ada   <b>L</b> "}, follow=True)

    owner.refresh_from_db()
    assert owner.name == "Ada <b>L</b>"
    assert '<span class="account-name">Ada &lt;b&gt;L&lt;/b&gt;</span>' in answer.text
    assert '<span class="avatar" aria-hidden="true">A</span>' in answer.text
    assert "Saved." in answer.text


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("\u202eadA\u202c", "adA"),
        ("\u200b \u2060", ""),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("A\0d", "Ad"),
    ],
)
def test_a_name_is_seen_and_changes_no_text_around_it(
    owner_client: Client, owner: Person, typed: str, name: str
) -> None:
    owner_client.post("/account/name", {"name": typed})

    owner.refresh_from_db()
    assert owner.name == name


def test_a_name_that_is_too_long_stays_in_its_field(owner_client: Client, owner: Person) -> None:
    answer = owner_client.post("/account/name", {"name": "A" * 81})

    owner.refresh_from_db()
    assert (answer.status_code, owner.name) == (HTTPStatus.UNPROCESSABLE_ENTITY, "")
    assert "Use at most 80 characters." in answer.text
    assert f'value="{"A" * 81}"' in answer.text
    assert f'<span class="account-name">{owner.email}</span>' in answer.text


def test_personal_instructions_are_saved_as_text(owner_client: Client, owner: Person) -> None:
    fields = {"about": HOSTILE, "answer_style": "Briefly.\r\nIn rhymes."}

    page = owner_client.post("/account/instructions", fields, follow=True).text

    own = PersonalInstructions.objects.get(person=owner)
    assert (own.about, own.answer_style) == (HOSTILE, "Briefly.\nIn rhymes.")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_instructions_may_be_emptied(owner_client: Client, owner: Person) -> None:
    PersonalInstructions.objects.create(person=owner, about="A heron.")

    owner_client.post("/account/instructions", {"about": "", "answer_style": ""})

    assert PersonalInstructions.objects.of(owner).text == ""


@pytest.mark.parametrize("length", [3_000, 3_001])
def test_instructions_have_a_limit_that_cuts_nothing_off(
    owner_client: Client, owner: Person, length: int
) -> None:
    text = "🦩" * length  # four bytes each

    answer = owner_client.post("/account/instructions", {"about": text, "answer_style": "x"})

    is_saved = length <= 3_000
    assert answer.status_code == (HTTPStatus.SEE_OTHER if is_saved else 422)
    assert PersonalInstructions.objects.filter(person=owner).exists() == is_saved
    if not is_saved:
        assert text in answer.text
        assert "This has 3,001 characters. Shorten it to 3,000." in answer.text


def test_a_chosen_time_zone_wins_over_the_browsers(owner_client: Client, owner: Person) -> None:
    owner_client.cookies["zone"] = "Europe%2FBerlin"
    before = owner_client.get("/account/").text
    answer = owner_client.post(
        "/account/time-zone", {"chosen_time_zone": "Asia/Tokyo"}, follow=True
    )

    owner.refresh_from_db()
    assert "As my browser reports (Europe / Berlin)" in before
    assert "data-zone" not in before
    assert (owner.chosen_time_zone, owner.time_zone) == ("Asia/Tokyo", "Asia/Tokyo")
    assert 'data-zone="Asia/Tokyo"' in answer.text
    assert '<option value="Asia/Tokyo" selected>' in answer.text


@pytest.mark.parametrize("zone", ["../../etc/passwd", "Mars/Olympus", "US/Eastern"])
def test_only_zones_of_the_list_can_be_chosen(
    owner_client: Client, owner: Person, zone: str
) -> None:
    answer = owner_client.post("/account/time-zone", {"chosen_time_zone": zone})

    owner.refresh_from_db()
    assert (answer.status_code, owner.chosen_time_zone) == (422, "")
    assert "Choose a time zone of the list." in answer.text


def test_without_scripts_the_theme_leads_back_to_the_page(owner_client: Client) -> None:
    answers = [
        owner_client.post("/theme/", {"theme": "dark", "from": origin})
        for origin in ("account", "//evil.example")
    ]

    assert [answer.headers["Location"] for answer in answers] == ["/account/", "/"]
