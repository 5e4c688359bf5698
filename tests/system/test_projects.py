"""Projects: a page on which chats begin, a line in the sidebar, moving, and deletion with undo."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.people import PASSWORD
from tests.system.app import App
from tests.system.conftest import Chat, watched
from tests.system.projects import (
    chats_of,
    choose,
    create,
    group,
    no_projects,
    send_in_project,
)
from tests.system.test_accessibility import check
from tests.system.test_page_controls import sidebar

__all__ = ["no_projects"]  # a fixture


def test_a_chat_begins_in_a_project_and_is_moved_out_of_it(chat: Chat) -> None:
    page = chat.page
    path = create(page, "Herons")
    page.get_by_text("Add instructions").click()
    page.get_by_label("Project instructions").fill("Answer briefly.")
    page.get_by_role("button", name="Save instructions").click()
    expect(page.locator(".project-text")).to_have_text("Answer briefly.")
    expect(page.get_by_role("heading", name="Herons").last).to_be_visible()
    second = page.context.new_page()
    second.goto(path)

    chat.ask("/echo How long do herons live?")

    expect(page.locator(".project")).to_be_hidden()
    expect(page.locator(".top-title")).to_have_text(re.compile(r"Herons\s*How long do herons live"))
    for tab in (page, second):
        expect(chats_of(tab)).to_have_text(re.compile("How long do herons live"))
    expect(chats_of(page).get_by_role("link")).to_have_attribute("aria-current", "page")
    expect(group(page).locator("[aria-current]")).to_have_count(1)

    choose(page, chats_of(page), "Move to project")
    dialog = page.get_by_role("dialog", name="Move to project")
    expect(dialog.get_by_role("button", name="Herons")).to_be_disabled()
    dialog.get_by_role("button", name="Move out of the project").click()

    for tab in (page, second):
        expect(chats_of(tab)).to_have_count(0)
    expect(sidebar(page).locator("[data-dated] [aria-current]")).to_be_visible()
    expect(page.locator(".top-title")).not_to_contain_text("Herons")
    expect(page.get_by_text("Moved out of its project")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(chats_of(page)).to_have_count(1)
    expect(page.locator(".top-title a")).to_have_text("Herons")


@pytest.mark.long
def test_a_project_is_deleted_with_its_chats_and_restored(chat: Chat) -> None:
    page = chat.page
    path = create(page, "Herons")
    post = send_in_project(page, path)
    second = page.context.new_page()
    second.goto(post)
    page.goto(path)
    page.get_by_role("link", name="Delete project").click()
    page.get_by_label("Move them to the trash, too").check()
    page.get_by_role("button", name="Delete project").click()

    expect(page.get_by_text("“Herons” was moved to the trash.")).to_be_visible()
    expect(group(page)).to_have_count(0)
    expect(second).to_have_url(re.compile(r"/$"))  # its chat is gone
    page.get_by_role("button", name="Undo").click()

    expect(chats_of(page)).to_have_count(1)
    page.goto(post)
    expect(chats_of(page).get_by_role("link")).to_have_attribute("aria-current", "page")


@pytest.mark.long
def test_a_chat_is_moved_with_the_keyboard_alone(chat: Chat) -> None:
    page = chat.page
    create(page, "Herons")
    create(page, "Storks")
    page.goto("/")
    chat.ask("/echo moved by keys")
    page.reload()  # what a palette can do depends on the page
    page.keyboard.press("Control+k")
    palette = page.get_by_role("combobox", name="Search")
    palette.fill("move to")
    page.get_by_role("option", name="Move to project").wait_for()
    palette.press("Enter")
    dialog = page.get_by_role("dialog", name="Move to project")
    expect(dialog.get_by_role("button", name="Herons")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Moved to Storks")).to_be_visible()
    expect(page.locator(".top-title a")).to_have_text("Storks")
    page.keyboard.press("Control+z")
    expect(page.locator(".top-title a")).to_have_count(0)
    # The palette knows projects by their names, as everything in the sidebar.
    page.keyboard.press("Control+k")
    palette.fill("her")
    expect(page.get_by_role("option", name="Herons", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    link = group(page).get_by_role("link", name="Herons")
    link.focus()
    page.keyboard.press("ArrowDown")
    expect(group(page).get_by_role("link", name="Storks")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Storks").last).to_be_visible()


@pytest.mark.long
def test_news_of_a_project_arrive_in_other_tabs(chat: Chat) -> None:
    page = chat.page
    path = create(page, "Herons")
    first = send_in_project(page, path)
    second = page.context.new_page()
    second.goto(first)
    other = second.context.new_page()
    other.goto("/")

    page.goto(f"{path}settings/")
    page.get_by_label("Name", exact=True).fill("Grey herons")
    page.get_by_role("button", name="Save").click()
    for tab in (page, second, other):
        expect(group(tab).locator("div a")).to_have_text(re.compile("Grey herons"))
    expect(second.locator(".top-title a")).to_have_text("Grey herons")
    page.goto(path)
    Chat(page).ask("/echo the newest")
    expect(chats_of(second)).to_have_count(2)
    expect(chats_of(second).first).to_have_text(re.compile("The newest"))
    expect(chats_of(other)).to_have_count(0)  # it isn't open there
    expect(sidebar(other).locator("[data-dated] a").filter(has_text="The newest")).to_have_count(0)


@pytest.mark.long
def test_on_a_phone_a_project_is_in_the_drawer(phone: Page) -> None:
    path = create(phone, "Herons")
    phone.get_by_role("button", name="Open conversations").first.click()
    expect(group(phone).get_by_role("link", name="Herons")).to_be_visible()
    phone.keyboard.press("Escape")
    Chat(phone).box.fill("/echo from a phone")
    phone.get_by_role("button", name="Send message").click()
    expect(phone.locator("article").last).to_have_attribute("data-status", "complete")
    phone.get_by_role("button", name="Open conversations").first.click()
    chats_of(phone).get_by_role("button", name="Options for").click()
    phone.get_by_role("menuitem", name="Move to project").click()
    phone.get_by_role("button", name="Move out of the project").click()
    expect(phone.get_by_text("Moved out of its project")).to_be_visible()
    phone.goto(path)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.long
def test_without_scripts_everything_is_a_form(
    browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto("/projects/")
    page.get_by_label("New project").fill("Herons")
    page.get_by_role("button", name="Create project").click()
    page.get_by_text("Add instructions").click()
    page.get_by_label("Project instructions").fill("Answer briefly.")
    page.get_by_role("button", name="Save instructions").click()
    page.get_by_role("textbox", name="Message").fill("/echo plainly")
    page.get_by_role("button", name="Send message").click()
    expect(page.locator("article").last).to_have_attribute(
        "data-status", "complete", timeout=30_000
    )
    expect(page.locator(".top-title a")).to_have_text("Herons")

    page.get_by_text("Options", exact=True).click()
    page.get_by_role("link", name="Move to project").click()
    page.get_by_role("button", name="Move out of the project").click()
    expect(page.locator(".top-title a")).to_have_count(0)
    page.goto("/projects/")
    page.get_by_role("link", name="Herons").last.click()
    page.get_by_role("link", name="Delete project").click()
    page.get_by_role("button", name="Delete project").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Herons").last).to_be_visible()
    context.close()


@pytest.mark.long
def test_axe_finds_nothing_on_the_pages_of_projects(chat: Chat) -> None:
    page = chat.page
    path = create(page, "Herons")
    check(page)
    page.get_by_text("Add instructions").click()
    check(page, ".project")
    page.goto(send_in_project(page, path))
    choose(page, chats_of(page), "Move to project")
    page.get_by_role("dialog", name="Move to project").wait_for()
    check(page)
    for part in ("settings/", "deletion/"):
        page.goto(f"{path}{part}")
        check(page)
    page.get_by_role("button", name="Delete project").click()
    page.get_by_text("was moved to the trash").wait_for()
    check(page)
    page.goto("/trash/")
    check(page)
    page.goto(path)
    check(page)


@pytest.mark.long
def test_a_reader_has_the_page_without_a_message_box(
    app: App, chat: Chat, browser: Browser, member: str
) -> None:
    path = create(chat.page, "Herons")
    app.execute(
        "INSERT INTO projects_member (project_id, person_id, can_chat, added_at)"
        " SELECT project.id, person.id, 0, project.created_at"
        " FROM projects_project AS project, accounts_person AS person"
        " WHERE person.email = :email",
        email=member,
    )
    for page in watched(browser.new_context(base_url=app.url)):
        page.goto(path)
        page.get_by_label("Email").fill(member)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text("You can read this project.")).to_be_visible()
        expect(page.get_by_role("textbox", name="Message")).to_have_count(0)
        expect(group(page).get_by_role("link", name="Herons")).to_be_visible()
        page.keyboard.press("Control+k")
        page.get_by_role("combobox", name="Search").press("Escape")
        check(page)
