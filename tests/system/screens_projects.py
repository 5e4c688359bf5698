"""`make screens`: the pages of projects."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.system.conftest import Chat
from tests.system.projects import choose, create, no_projects
from tests.system.screens import ask, chat, layout, scheme, shoot

__all__ = ["chat", "layout", "no_projects", "scheme", "shoot"]  # fixtures

Shoot = Callable[[str], None]
NAME = "Kitchen renovation"
INSTRUCTIONS = (
    "We are renovating a kitchen of 12 m² in a house from 1908. The budget is 18,000 euros.\n\n"
    "Answer with prices in euros, and say which work needs a professional."
)


def furnish(chat: Chat) -> str:
    """Create projects, one of them with instructions and chats; return its path."""
    page = chat.page
    for name in ("Novel", "Tax return 2026"):
        create(page, name)
    path = create(page, NAME)
    page.get_by_text("Add instructions").click()
    page.get_by_label("Project instructions").fill(INSTRUCTIONS)
    page.get_by_role("button", name="Save instructions").click()
    for text in ("Which worktop lasts longest?", "A plan for the electrician", "Tiles or paint"):
        page.goto(path)
        ask(chat, f"/echo {text}")
    return path


def open_drawer(page: Page, layout: str) -> None:
    if layout == "phone":
        page.get_by_role("button", name="Open conversations").first.click()


def test_a_new_project(chat: Chat, shoot: Shoot) -> None:
    page = chat.page
    page.goto("/projects/")
    shoot("projects-none")
    create(page, NAME)
    shoot("project-new")
    page.get_by_text("Add instructions").click()
    page.get_by_label("Project instructions").fill(INSTRUCTIONS)
    shoot("project-instructions")


def test_a_project_with_chats(chat: Chat, shoot: Shoot, layout: str) -> None:
    page = chat.page
    path = furnish(chat)
    shoot("project-chat")
    page.goto(path)
    shoot("project")
    page.goto("/")
    ask(chat, "/echo Something else entirely")
    open_drawer(page, layout)
    entry = page.locator("[data-dated] [data-conversation]").first
    choose(page, entry, "Move to project")
    expect(page.get_by_role("dialog", name="Move to project")).to_be_visible()
    shoot("project-move")
    page.get_by_role("dialog").get_by_role("button", name="Novel").first.click()
    expect(page.get_by_text("Moved to Novel")).to_be_visible()
    shoot("project-moved")


def test_pages_of_projects(chat: Chat, shoot: Shoot) -> None:
    page = chat.page
    path = furnish(chat)
    page.goto("/projects/")
    shoot("projects")
    page.goto(f"{path}settings/")
    page.get_by_label("Start new chats with").uncheck()
    shoot("project-settings")
    page.goto(f"{path}members/")
    shoot("project-members")
    page.goto(f"{path}files/")
    shoot("project-files")
    page.goto(f"{path}deletion/")
    shoot("project-deletion")
    page.get_by_label("Move them to the trash, too").check()
    page.get_by_role("button", name="Delete project").click()
    shoot("projects-deleted")
    page.goto("/trash/")
    shoot("trash-projects")
