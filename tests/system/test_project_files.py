"""The files of a project in a browser: several at once, retried, removed, also without scripts."""

import base64
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.documents.phrases import FILES
from tests.system.app import App
from tests.system.images import GIVE_FILE, saved

pytestmark = pytest.mark.long

ADD_PROJECT = """
    INSERT INTO projects_project
        (id, name, model, instructions, thinking, tool_choices, created_at, owner_id)
    SELECT :id, 'Water birds', '', '', '', '{}', datetime('now'), id FROM accounts_person
    WHERE is_owner
"""


@pytest.fixture
def path(app: App) -> str:
    project = uuid.uuid4()
    app.execute(ADD_PROJECT, id=project.hex)
    return f"/projects/{project}/files/"


def rows(page: Page) -> list[str]:
    return page.locator("[data-list] .project-file a").all_text_contents()


@pytest.mark.parametrize("device", ["page", "phone"])
def test_files_are_added_dropped_retried_and_removed(
    request: pytest.FixtureRequest, path: str, tmp_path: Path, device: str
) -> None:
    page: Page = request.getfixturevalue(device)
    page.goto(path)
    broken = tmp_path / "film.pdf"
    broken.write_bytes(bytes(range(256)) * 9)

    page.locator("[type=file]").set_input_files(
        [FILES / "two.pdf", broken, saved(tmp_path / "photo.png"), FILES / "two.pdf"]
    )

    files = page.locator("[data-list] .project-file")
    expect(files).to_have_count(2)
    expect(files.first).to_contain_text("All of it, about ")
    failed = page.locator("[data-uploads] .project-file")
    expect(failed).to_have_count(1)
    expect(failed).to_contain_text("This kind of file can't be read here.")
    expect(failed.get_by_role("button", name="Try again")).to_be_hidden()
    failed.get_by_role("button", name="Remove film.pdf").click()
    expect(failed).to_have_count(0)
    expect(page.locator("[type=file]")).to_be_focused()

    page.route("**/files/", lambda route: route.abort())
    content = base64.b64encode((FILES / "data.xlsx").read_bytes()).decode()
    page.locator(".project-drop").evaluate(GIVE_FILE, ["drop", content, "data.xlsx", ""])
    expect(failed).to_contain_text("The upload failed.")
    page.unroute("**/files/")
    failed.get_by_role("button", name="Try again").press("Enter")
    expect(files).to_have_count(3)

    files.first.get_by_role("button", name="Remove two.pdf").press("Enter")
    expect(files).to_have_count(2)
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.press("Enter")
    expect(files).to_have_count(3)
    expect(page.get_by_role("button", name="Remove two.pdf")).to_be_focused()
    page.get_by_role("button", name="Remove two.pdf").press("Enter")
    expect(files).to_have_count(2)
    assert rows(page) == ["photo.png", "data.xlsx"]
    page.reload()
    assert rows(page) == ["photo.png", "data.xlsx"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_files_work_without_scripts(
    browser: Browser, browser_context_args: dict[str, object], path: str
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto(path)

    page.locator("[type=file]").set_input_files([FILES / "two.pdf", FILES / "data.xlsx"])
    page.get_by_role("button", name="Upload").click()

    assert rows(page) == ["two.pdf", "data.xlsx"]
    page.get_by_role("button", name="Remove two.pdf").click()
    assert rows(page) == ["data.xlsx"]
    context.close()
