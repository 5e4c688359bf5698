"""The sidebar: one line for each project, of which the current one is open, at a constant cost."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, arrangement
from chatapp.conversations.sidebar import conversation_page
from chatapp.projects.models import Project
from chatapp.projects.sidebar import MAX_CHATS, MAX_ENTRIES, sidebar_page
from chatapp.projects.sidebar import chats_in as rows_in
from tests.projects.kit import chats_in, project_of, shared_with

JSON = {"accept": "application/json"}


def test_projects_are_listed_by_name_and_only_the_current_one_is_open(
    owner: Person, member: Person
) -> None:
    garden, kitchen = project_of(owner, "Garden"), project_of(owner, "Kitchen")
    shared = project_of(member, "House")
    shared_with(shared, owner, can_chat=False)
    project_of(member, "Theirs")
    project_of(owner, "Gone", trashed_at=timezone.now())
    chats = chats_in(kitchen, owner, MAX_CHATS + 2)
    chats_in(kitchen, member)

    closed = sidebar_page(owner)
    opened = sidebar_page(owner, "", None, kitchen)

    assert [each.project for each in closed.entries] == [garden, shared, kitchen]
    assert [each.chats for each in closed.entries] == [None, None, None]
    assert opened.open_project == kitchen.pk
    assert opened.entries[2].chats == chats[:MAX_CHATS]
    assert opened.entries[2].has_more


def test_the_chat_of_the_page_is_always_in_its_open_project(owner: Person) -> None:
    project = project_of(owner)
    *_newest, oldest = chats_in(project, owner, MAX_CHATS + 2)

    sidebar = sidebar_page(owner, "", oldest)

    assert sidebar.entries[0].chats is not None
    assert sidebar.entries[0].chats[-1] == oldest
    assert sidebar.dated == []
    assert sidebar.open_project is None  # the page shows the chat


def test_a_chat_is_in_one_place_only(owner: Person) -> None:
    project = project_of(owner)
    outside, pinned, archived, inside = (chats_in(project, owner)[0] for _ in range(4))
    Conversation.objects.filter(pk=outside.pk).update(project=None)
    arrangement.pin(pinned)
    arrangement.archive(archived)

    sidebar = sidebar_page(owner, "", None, project)

    assert sidebar.pinned == [("Pinned", [pinned])]
    assert sidebar.entries[0].chats == [inside]
    assert sidebar.dated == [("Today", [outside])]
    for each in (pinned, archived):
        each.refresh_from_db()
        found = sidebar_page(owner, "", each)
        assert found.entries[0].chats == [inside]
        assert [each] in [rows for _label, rows in found.groups]


def test_the_open_project_is_listed_even_behind_many_others(owner: Person) -> None:
    names = [f"{number:02}" for number in range(MAX_ENTRIES + 2)]
    projects = [project_of(owner, name) for name in names]

    sidebar = sidebar_page(owner, "", None, projects[-1])

    assert [each.project for each in sidebar.entries] == [*projects[:MAX_ENTRIES], projects[-1]]
    assert sidebar.has_more_projects


def test_a_further_page_repeats_no_projects(owner: Person) -> None:
    project_of(owner)
    chats_in(None, owner, 31)
    more = conversation_page(owner).more_url.partition("before=")[2]

    assert sidebar_page(owner, more).entries == []


def test_more_projects_and_chats_cost_the_same_queries(owner: Person, owner_client: Client) -> None:
    project, counts = project_of(owner), []
    owner_client.get("/")  # which sets a cookie
    for _round in range(2):
        chats_in(project, owner, 50)
        project_of(owner, "More")
        url = f"/conversations?project={project.pk}"
        with CaptureQueriesContext(connection) as queries:
            page = owner_client.get(url, headers=JSON).text
        assert page.count('class="conversation"') >= MAX_CHATS + 1
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_without_projects_nothing_is_added(owner_client: Client, owner: Person) -> None:
    chats_in(None, owner)

    page = owner_client.get("/").text

    assert "data-projects" not in page
    assert page.count('href="/projects/"') == 1  # in the menu


@pytest.mark.parametrize("rows", ["dated", "of the project"])
def test_each_list_is_read_in_its_order_from_an_index(owner: Person, rows: str) -> None:
    project = Project(owner=owner)
    listed = Conversation.objects.filter(owner=owner).listed().newest_first()
    index = "conversations_by_date" if rows == "dated" else "project_conversations"
    found = listed if rows == "dated" else rows_in(owner, project)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # an empty table needs no index
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute("SET LOCAL enable_sort = off")

    plan = found[:30].explain()

    assert index in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
