"""/projects/<id>/members/: every URL, who may, bad input, and what the pages say."""

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from chatapp.accounts.models import Person
from chatapp.projects.models import Member, Project
from tests.projects.kit import chat_in, project_of, shared_with, where
from tests.support.people import ROLES, STRANGER
from tests.support.roles import person_of

pytestmark = pytest.mark.django_db(transaction=True)

OK, FOUND, SEE_OTHER = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER
NOT_FOUND, REFUSED = HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY
# Method, path, and what the owner of the project gets, a member of it, and a guest who owns it.
URLS = [
    ("GET", "members/", OK, NOT_FOUND, OK),
    ("POST", "members/", SEE_OTHER, NOT_FOUND, NOT_FOUND),
    ("POST", "members/{member}/removal", SEE_OTHER, NOT_FOUND, SEE_OTHER),
    # Nobody leaves their own project.
    ("GET", "leaving/", NOT_FOUND, OK, NOT_FOUND),
    ("POST", "leaving/", NOT_FOUND, SEE_OTHER, NOT_FOUND),
]


def ask(client: Client, project: Project, method: str, path: str, **fields: Any) -> Any:
    path = f"/projects/{project.pk}/{path}"
    return getattr(client, method.lower())(path, fields)


@pytest.mark.parametrize(("method", "path", "of_owner", "of_member", "of_guest"), URLS)
def test_only_the_owner_of_a_project_shares_it(
    signed_in: Callable[[Person], Client],
    method: str,
    path: str,
    of_owner: HTTPStatus,
    of_member: HTTPStatus,
    of_guest: HTTPStatus,
) -> None:
    people = {role: person_of(role) for role in (*ROLES, STRANGER)}
    inside = Person.objects.create_user("inside@example.com")
    path = path.format(member=inside.pk)
    found = {}
    for role in ROLES:
        project = project_of(people[role])
        shared_with(project, inside)
        fields = {"person": inside.pk, "access": "read"}
        clients = [Client(), signed_in(people[STRANGER]), signed_in(inside)]
        clients.append(signed_in(people[role]))
        found[role] = [
            ask(client, project, method, path, **fields).status_code for client in clients
        ]
    others = [FOUND, NOT_FOUND, of_member]
    expected: dict[str, list[HTTPStatus]] = {role: [*others, of_owner] for role in ROLES}
    assert found == expected | {"guest": [*others, of_guest]}


@pytest.mark.parametrize("path", ["members/{member}/removal"])
def test_a_removal_needs_a_post(
    owner_client: Client, project: Project, member: Person, path: str
) -> None:
    answer = ask(owner_client, project, "GET", path.format(member=member.pk))

    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_project_in_the_trash_or_nowhere_is_not_found(
    owner_client: Client, project: Project, member: Person, method: str
) -> None:
    Project.objects.update(trashed_at="2026-01-01T00:00Z")
    nowhere = Project(pk=uuid.uuid4())

    for each in (project, nowhere):
        for path in ("members/", "leaving/"):
            assert ask(owner_client, each, method, path).status_code == NOT_FOUND


def test_the_owner_lets_somebody_in_changes_that_and_ends_it(
    owner_client: Client, member_client: Client, project: Project, member: Person
) -> None:
    member.name = "Ada <b>"
    member.save()
    page = ask(owner_client, project, "GET", "members/").text
    assert f'<option value="{member.pk}">Ada &lt;b&gt;</option>' in page
    assert "Only you can see this project." in page

    answer = ask(owner_client, project, "POST", "members/", person=member.pk, access="chat")
    page = owner_client.get(answer["Location"]).text
    assert "Ada &lt;b&gt; can chat in this project." in page
    assert f'<option value="{member.pk}">' not in page
    inside = chat_in(project, member)
    assert "Your chat in it stays with you" in ask(member_client, project, "GET", "leaving/").text

    answer = ask(owner_client, project, "POST", "members/", person=member.pk, access="read")
    assert "can read this project." in owner_client.get(answer["Location"]).text
    assert where(inside)[0] is None

    for note in ("Access was removed.", "Nothing was changed."):
        answer = ask(owner_client, project, "POST", f"members/{member.pk}/removal")
        assert note in owner_client.get(answer["Location"]).text
    assert ask(member_client, project, "GET", "leaving/").status_code == NOT_FOUND


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Choose a person."),
        ({"person": "x", "access": "chat"}, "This person isn&#x27;t here any more."),
        ({"person": str(uuid.uuid4()), "access": "chat"}, "This person isn&#x27;t here any more."),
        ({"person": "{owner}", "access": "chat"}, "This person isn&#x27;t here any more."),
        ({"person": "{gone}", "access": "chat"}, "This person isn&#x27;t here any more."),
        ({"person": "{member}"}, "Choose what this person may do."),
        ({"person": "{member}", "access": "own"}, "Choose what this person may do."),
    ],
)
def test_a_bad_choice_is_explained(
    owner_client: Client,
    project: Project,
    owner: Person,
    member: Person,
    fields: dict[str, str],
    sentence: str,
) -> None:
    gone = Person.objects.create_user("gone@example.com", is_active=False)
    ids = {"owner": owner.pk, "member": member.pk, "gone": gone.pk}
    filled = {name: value.format(**ids) for name, value in fields.items()}

    answer = ask(owner_client, project, "POST", "members/", **filled)

    assert answer.status_code == REFUSED
    assert sentence in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert not Member.objects.exists()


def test_a_made_up_note_says_nothing(owner_client: Client, project: Project) -> None:
    page = ask(owner_client, project, "GET", "members/", note="chat", person="Eve").text

    assert "sheet-note" not in page


def test_a_guest_is_let_in_and_lets_nobody_in(
    signed_in: Callable[[Person], Client], owner_client: Client, project: Project, guest: Person
) -> None:
    own = project_of(guest)
    page = ask(signed_in(guest), own, "GET", "members/").text
    assert "Guests can't share projects." in page
    assert project.owner.email not in page
    assert "<option" not in page

    answer = ask(owner_client, project, "POST", "members/", person=guest.pk, access="chat")

    assert answer.status_code == SEE_OTHER
    assert Project.objects.usable_by(guest).filter(pk=project.pk).exists()


def test_whom_a_guest_let_in_before_stays_until_they_are_removed(
    signed_in: Callable[[Person], Client], member: Person, guest: Person
) -> None:
    project = project_of(guest)
    shared_with(project, member)
    client = signed_in(guest)

    assert Project.objects.usable_by(member).get() == project
    ask(client, project, "POST", f"members/{member.pk}/removal")
    assert not Project.objects.readable_by(member).exists()


def test_two_hundred_people_cost_the_same_queries(
    owner_client: Client, project: Project, django_assert_max_num_queries: Any
) -> None:
    people = [
        Person(email=f"{number}@example.com", name=f"Person {number:03}") for number in range(200)
    ]
    Person.objects.bulk_create(people)
    Member.objects.bulk_create(
        Member(project=project, person=person, can_chat=True) for person in people[:100]
    )

    with django_assert_max_num_queries(16):
        page = ask(owner_client, project, "GET", "members/").text

    assert page.count("<option value=") == 100 + 3
    assert page.count('class="text-button danger"') == 100


def part(project: Project, person: Person) -> str:
    request = RequestFactory().get("/")
    request.user = person
    html = render_to_string("projects/_members.html", {"project": project}, request)
    return " ".join(html.split())


def test_the_page_of_a_project_names_with_whom_and_by_whom_it_is_shared(
    project: Project, owner: Person, member: Person, guest: Person
) -> None:
    assert "Only you can see this project." in part(project, owner)
    assert "Share with people" in part(project, owner)
    own = part(project_of(guest), guest)
    assert "Only you can see this project." in own
    assert "<a " not in own

    shared_with(project, member)
    for number in range(6):
        person = Person.objects.create_user(f"{number}@example.com", name=f"P{number}")
        shared_with(project, person)
    shown = part(project, owner)
    assert "<bdi>P2</bdi>, <bdi>P3</bdi> and 2 more people" in shown
    assert "P4" not in shown
    assert "Manage access" in shown
    owner.name = "Ada"
    owner.save()
    project.refresh_from_db()
    assert "Shared by <bdi>Ada</bdi>. You can chat in it" in part(project, member)
    Member.objects.filter(person=member).update(can_chat=False)
    assert "You can read it, but not chat in it." in part(project, member)
