"""The pages of projects, with and without scripts."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.chat.views import trash
from chatapp.conversations.models import Conversation, Defaults, Draft, Exchange, ModelSettings
from chatapp.projects import listing
from chatapp.projects.listing import CHATS_PER_PAGE
from chatapp.projects.models import Project
from chatapp.projects.starting_settings import settings_in
from tests.projects.kit import chats_in, places, project_of, shared_with
from tests.support.replies import MODEL

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_reply"),
]
JSON = {"accept": "application/json"}
OTHER_MODEL = "claude-4-5-sonnet"
OWN_SETTINGS = {"name": "Kitchen", "model": OTHER_MODEL, "thinking": "low"}


@pytest.fixture
def project(owner: Person) -> Project:
    return project_of(owner, instructions="Answer in German.")


def send(client: Client, project: Project, **fields: str) -> Conversation:
    """Send a message from the page of a project, without scripts."""
    composer = client.get(project.get_absolute_url()).context["composer"]
    values = {"client_id": str(composer["client_id"]), "parent": "", "text": "Hello"}
    answer = client.post(composer["action"], values | {"project": str(project.pk)} | fields)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    return Conversation.objects.latest("created_at")


def test_a_project_needs_only_a_name(owner_client: Client) -> None:
    answer = owner_client.post("/projects/", {"name": "  My\n \u202ekitchen "})

    project = Project.objects.get()
    assert project.name == "My kitchen"  # others see it, so nothing in it turns text around
    assert answer["Location"] == project.get_absolute_url()
    assert "My kitchen" in owner_client.get("/projects/").text


INVISIBLE = ["", "  ", "\u200b\u2060", "\u202e\u2066"]


@pytest.mark.parametrize("name", [*INVISIBLE, "x" * 101])
def test_a_project_without_a_good_name_is_not_created(owner_client: Client, name: str) -> None:
    answer = owner_client.post("/projects/", {"name": name})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'role="alert"' in answer.text
    assert not Project.objects.exists()


def test_the_number_of_projects_is_limited(
    owner_client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MAX_PROJECTS", 1)

    answer = owner_client.post("/projects/", {"name": "One more"})

    assert "You can have up to 1 projects." in answer.text
    assert list(Project.objects.all()) == [project]


def test_the_box_of_a_project_has_no_draft_of_other_chats(
    owner_client: Client, owner: Person, project: Project
) -> None:
    Draft.objects.create(person=owner, text="for any chat")

    assert owner_client.get("/").context["composer"]["text"] == "for any chat"
    composer = owner_client.get(project.get_absolute_url()).context["composer"]
    assert composer["text"] == ""


def test_a_chat_begins_on_the_page_of_a_project(owner_client: Client, project: Project) -> None:
    conversation = send(owner_client, project)

    assert conversation.project == project
    assert conversation.instructions == ""  # the project's hold for all its chats
    page = owner_client.get(conversation.get_absolute_url()).text
    assert f'<a href="{project.get_absolute_url()}" dir="auto">Kitchen</a>' in page


def test_a_chat_begins_with_the_settings_of_the_project(
    owner_client: Client, owner: Person, project: Project
) -> None:
    Defaults.objects.store(owner, ModelSettings(MODEL, thinking="high", instructions="Be brief."))
    assert send(owner_client, project).thinking == "high"

    url = f"{project.get_absolute_url()}settings/"
    assert owner_client.post(url, OWN_SETTINGS).status_code == HTTPStatus.SEE_OTHER
    page = owner_client.get(project.get_absolute_url())
    panel = owner_client.get(page.context["sheet"]["action"], headers=JSON)

    conversation = send(owner_client, project)
    assert (conversation.model, conversation.thinking) == (OTHER_MODEL, "low")
    assert conversation.instructions == "Be brief."
    assert page.context["sheet"]["values"]["model"] == OTHER_MODEL
    assert panel.context["sheet"]["values"]["thinking"] == "low"
    project.refresh_from_db()
    assert project.instructions == "Answer in German."

    owner_client.post(url, OWN_SETTINGS | {"usual": "on"})
    assert send(owner_client, project).thinking == "high"


def test_a_project_of_others_turns_on_no_tool_that_somebody_has_turned_off(
    owner: Person, member: Person, project: Project
) -> None:
    project.model = MODEL
    project.tool_choices = {"read_web_page": True, "current_weather": True, "mcp-1": False}
    shared_with(project, member)
    for person in (owner, member):
        Defaults.objects.store(person, ModelSettings(MODEL, tool_choices={"read_web_page": False}))

    assert settings_in(project, owner).tool_choices == project.tool_choices
    for_member = {**project.tool_choices, "read_web_page": False}
    assert settings_in(project, member).tool_choices == for_member


def test_settings_that_are_wrong_are_explained(owner_client: Client, project: Project) -> None:
    url = f"{project.get_absolute_url()}settings/"

    answer = owner_client.post(url, OWN_SETTINGS | {"model": "none", "name": ""})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Give the project a name." in answer.text
    assert "available" in answer.text
    project.refresh_from_db()
    assert project.name == "Kitchen"


def test_a_message_to_a_project_that_is_gone_is_kept(
    owner_client: Client, project: Project
) -> None:
    composer = owner_client.get(project.get_absolute_url()).context["composer"]
    owner_client.post(f"{project.get_absolute_url()}deletion/")
    fields = {"client_id": str(composer["client_id"]), "parent": "", "text": "My long text"}

    answer = owner_client.post(composer["action"], fields | {"project": str(project.pk)})

    assert answer.status_code == HTTPStatus.GONE
    assert "My long text" in answer.text
    assert "You can&#x27;t chat in this project any more." in answer.text
    assert not Conversation.objects.exists()


def test_the_chats_of_a_project_come_page_by_page(
    owner_client: Client, owner: Person, member: Person, project: Project
) -> None:
    shared_with(project, member)
    chats = chats_in(project, owner, CHATS_PER_PAGE + 2)
    chats_in(project, member)

    first = owner_client.get(project.get_absolute_url())
    second = owner_client.get(first.context["project_more_url"])

    shown = [*first.context["project_chats"], *second.context["project_chats"]]
    assert shown == chats
    assert second.context["project_more_url"] == ""


def test_instructions_are_changed_in_their_place(owner_client: Client, project: Project) -> None:
    url = f"{project.get_absolute_url()}instructions/"

    answer = owner_client.post(url, {"instructions": "Be brief.\r\nPlease."})

    project.refresh_from_db()
    assert project.instructions == "Be brief.\nPlease."
    assert answer["Location"] == f"{project.get_absolute_url()}#instructions"
    assert owner_client.get(url)["Location"] == answer["Location"]


def test_instructions_that_are_too_long_are_kept_on_the_page(
    owner_client: Client, project: Project
) -> None:
    url = f"{project.get_absolute_url()}instructions/"

    answer = owner_client.post(url, {"instructions": "x" * 20_001})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "x" * 20_001 in answer.text
    assert "Shorten them to 20000." in answer.text
    project.refresh_from_db()
    assert project.instructions == "Answer in German."


def test_a_reader_sees_a_project_without_a_message_box(
    member: Person, member_client: Client, project: Project
) -> None:
    shared_with(project, member, can_chat=False)

    page = member_client.get(project.get_absolute_url()).text

    assert "Answer in German." in page
    assert 'id="composer-form"' not in page
    assert "Edit instructions" not in page
    assert "shared by" in member_client.get("/projects/").text


def test_a_chat_is_moved_with_a_plain_form(
    owner_client: Client, project: Project, exchange: Exchange
) -> None:
    url = f"/c/{exchange.conversation.pk}/project/"

    page = owner_client.get(url).text
    answer = owner_client.post(url, {"project": str(project.pk)})

    assert f'value="{project.pk}"' in page
    assert answer["Location"] == exchange.conversation.get_absolute_url()
    assert places() == {"Hello": ("Kitchen", "list")}
    assert "Move out of the project" in owner_client.get(url).text
    assert f'href="{url}"' in owner_client.get(exchange.conversation.get_absolute_url()).text
    owner_client.post(url, {"project": ""})
    assert places() == {"Hello": (None, "list")}


@pytest.mark.parametrize("wanted", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_chat_is_moved_only_to_a_project_that_is_there(
    owner_client: Client, exchange: Exchange, wanted: str
) -> None:
    answer = owner_client.post(f"/c/{exchange.conversation.pk}/project/", {"project": wanted})

    assert answer.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("choice", "place"), [("keep", (None, "list")), ("trash", ("Kitchen", "trash"))]
)
def test_a_deletion_asks_about_the_chats_and_is_undone_at_once(
    owner_client: Client,
    owner: Person,
    project: Project,
    choice: str,
    place: tuple[str | None, str],
) -> None:
    chats_in(project, owner)
    url = f"{project.get_absolute_url()}deletion/"

    question = owner_client.get(url).text
    answer = owner_client.post(url, {"chats": choice})
    after = owner_client.get(answer["Location"]).text

    assert f'value="{choice}"' in question
    assert places() == {"Chat 0": place}
    assert "“Kitchen” was moved to the trash." in after
    assert owner_client.get(project.get_absolute_url()).status_code == HTTPStatus.NOT_FOUND
    assert "in the trash" in owner_client.get(project.get_absolute_url()).text
    owner_client.post(f"{project.get_absolute_url()}restoration")
    assert places() == {"Chat 0": ("Kitchen", "list")}


def test_a_project_without_chats_is_deleted_without_a_choice(
    owner_client: Client, project: Project
) -> None:
    page = owner_client.get(f"{project.get_absolute_url()}deletion/").text

    assert 'name="chats"' not in page


def test_the_trash_restores_projects_and_deletes_them_for_good(
    owner_client: Client, owner: Person, project: Project
) -> None:
    garden = project_of(owner, "Garden")
    for each in (project, garden):
        owner_client.post(f"{each.get_absolute_url()}deletion/")
    page = owner_client.get("/trash/")

    assert "30 days left" in page.text
    assert "Restore Kitchen" in page.text
    owner_client.post(f"{project.get_absolute_url()}restoration")
    owner_client.post(f"{project.get_absolute_url()}restoration")  # a stale tab
    assert list(Project.objects.of(owner)) == [project]
    owner_client.post("/trash/emptying", {"until": page.context["now"]})
    assert list(Project.objects.all()) == [project]
    assert owner_client.post(f"{project.get_absolute_url()}removal").status_code == 404
    owner_client.post(f"{project.get_absolute_url()}deletion/")
    owner_client.post(f"{project.get_absolute_url()}removal")
    assert not Project.objects.exists()


def test_a_full_trash_shows_its_newest_projects(
    owner_client: Client, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "MAX_PROJECTS", 2)
    now = timezone.now()
    for age in range(3):
        project_of(owner, f"Gone {age}", trashed_at=now - timedelta(days=age))

    page = owner_client.get("/trash/")

    assert [each.name for each, _days in page.context["trashed_projects"]] == ["Gone 0", "Gone 1"]
    assert "Older projects are shown once these are restored or deleted." in page.text
    owner_client.post("/trash/emptying", {"until": page.context["now"]})
    assert not Project.objects.exists()


def test_a_chat_moves_into_the_project_that_is_made_for_it(
    owner_client: Client, member_client: Client, exchange: Exchange
) -> None:
    chat = exchange.conversation
    Conversation.objects.filter(pk=chat.pk).update(title="Tiles or paint")
    address = f"/projects/?chat={chat.pk}"
    assert f'href="{address}"' in owner_client.get(f"/c/{chat.pk}/project/").text
    assert "“Tiles or paint” moves into it." in owner_client.get(address).text
    assert member_client.get(address).status_code == HTTPStatus.NOT_FOUND

    response = owner_client.post(address, {"name": "Kitchen"})

    assert response.headers["Location"] == chat.get_absolute_url()
    chat.refresh_from_db()
    assert chat.project
    assert chat.project.name == "Kitchen"
