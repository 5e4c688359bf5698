"""Projects in a browser, and the chats that the sidebar shows of them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.system.app import App
from tests.system.posts import send


def create(page: Page, name: str) -> str:
    """Create a project, and return its path."""
    page.goto("/projects/")
    page.get_by_label("New project").fill(name)
    page.get_by_role("button", name="Create project").click()
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    return page.evaluate("location.pathname")  # type: ignore[no-any-return]


def group(page: Page) -> Locator:
    """Return the projects in the sidebar."""
    return page.locator("[data-projects]")


def chats_of(page: Page) -> Locator:
    """Return the chats of the open project."""
    return group(page).locator("[data-conversation]")


def choose(page: Page, entry: Locator, item: str) -> None:
    """Choose something in the menu of a chat in the sidebar."""
    entry.hover()
    entry.get_by_role("button", name="Options for").click()
    page.get_by_role("menuitem", name=item).click()


def send_in_project(page: Page, path: str) -> str:
    """Begin a chat in a project with a request; return its path."""
    project = path.strip("/").split("/")[-1]
    post = send(page, "/echo in a project")
    form: dict[str, str | float | bool] = {
        "csrfmiddlewaretoken": page.locator("[name=csrfmiddlewaretoken]").first.input_value(),
        "project": project,
    }
    answer = page.request.post(
        f"{post.conversation}project/", form=form, headers={"Accept": "application/json"}
    )
    assert answer.status == 204
    return post.conversation


@pytest.fixture(autouse=True)
def no_projects(app: App) -> Iterator[None]:
    """Remove what a test leaves: others know no projects."""
    yield
    app.execute(
        "UPDATE conversations_conversation SET project_id = NULL",
        "DELETE FROM projects_member",
        "DELETE FROM projects_projectfile",
        "DELETE FROM projects_project",
    )
