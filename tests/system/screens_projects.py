"""`make screens`: the pages of projects."""

from collections.abc import Callable

from tests.system.conftest import Chat
from tests.system.projects import create
from tests.system.screens import ask, chat, layout, scheme, shoot

__all__ = ["chat", "layout", "scheme", "shoot"]  # fixtures

Shoot = Callable[[str], None]
NAME = "Kitchen renovation"
INSTRUCTIONS = (
    "We are renovating a kitchen of 12 m² in a house from 1908. The budget is 18,000 euros.\n\n"
    "Answer with prices in euros, and say which work needs a professional."
)


def test_projects(chat: Chat, shoot: Shoot) -> None:
    page = chat.page
    page.goto("/projects/")
    shoot("projects-none")
    for name in ("Novel", "Tax return 2026"):
        create(page, name)
    path = create(page, NAME)
    shoot("project-new")
    page.get_by_text("Add instructions").click()
    page.get_by_label("Project instructions").fill(INSTRUCTIONS)
    shoot("project-instructions")
    page.get_by_role("button", name="Save instructions").click()
    for text in ("Which worktop lasts longest?", "A plan for the electrician", "Tiles or paint"):
        page.goto(path)
        ask(chat, f"/echo {text}")
    shoot("project-chat")
    page.goto(path)
    shoot("project")
    page.goto("/projects/")
    shoot("projects")
    page.goto(f"{path}settings/")
    page.get_by_label("New chats begin with").uncheck()
    shoot("project-settings")
    page.goto(f"{path}deletion/")
    shoot("project-deletion")
    page.get_by_label("Move them to the trash, too").check()
    page.get_by_role("button", name="Delete project").click()
    shoot("projects-deleted")
    page.goto("/trash/")
    shoot("trash-projects")
    page.goto("/projects/")
