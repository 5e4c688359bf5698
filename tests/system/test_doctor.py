"""The doctor's page: lines that fill in, a line of its own to the server, and what is broken."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocketRoute, expect

from tests.servers.redis import NOT_INSTALLED, is_installed, running_redis
from tests.system.app import App, running_app
from tests.system.conftest import sign_in, watched
from tests.system.model_server import model_server

WRONG = {"INFERENCE_URL": "http://127.0.0.1:1", "INFERENCE_KEY": "inf-0123456789abcdef"}


def line(page: Page, name: str) -> Locator:
    return page.locator(f"[data-check={name}]")


def expect_level(page: Page, name: str, level: str) -> None:
    expect(line(page, name)).to_have_attribute("data-level", level, timeout=20_000)


def expect_done(page: Page) -> None:
    expect(page.get_by_text("Checking…")).to_be_hidden(timeout=20_000)
    expect(page.locator("[data-level=pending]")).to_have_count(0)


def test_the_menu_leads_to_lines_that_fill_in(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="owner@example.com").click()
    page.get_by_role("link", name="Diagnostics").click()

    expect_done(page)

    expect(page.get_by_role("status")).to_contain_text("to look at")
    expect_level(page, "service", "yellow")
    expect(line(page, "service")).to_contain_text("not an AI")
    for name in ("streaming", "images", "database", "migrations", "storage", "memory"):
        expect_level(page, name, "green")


def test_the_page_measures_its_own_line(page: Page) -> None:
    page.goto("/doctor/")

    expect_level(page, "socket", "green")

    words = line(page, "socket").locator("p:visible").inner_text()
    assert re.fullmatch(r"The first word came after \d+ ms\. A sign of life .* 15 s\.", words)


def test_a_sign_of_life_shows_that_the_line_stays_open(page: Page) -> None:
    pulses: list[WebSocketRoute] = []

    def pass_on(route: WebSocketRoute) -> None:
        route.connect_to_server()
        pulses.append(route)

    page.route_web_socket("**/ws/", pass_on)
    page.goto("/doctor/")
    expect_level(page, "socket", "green")

    pulses[0].send('{"v": 1, "type": "pulse"}')

    expect(line(page, "socket")).to_contain_text("was still open after")


def test_a_line_that_does_not_open_is_red_and_may_be_tried_again(page: Page) -> None:
    refusing = [True]

    def answer(route: WebSocketRoute) -> None:
        if refusing:
            refusing.pop()
            route.close()
        else:
            route.connect_to_server()

    page.route_web_socket("**/ws/", answer)
    page.goto("/doctor/")
    expect_level(page, "socket", "red")
    expect(line(page, "socket")).to_contain_text("does not let websockets through")
    expect_done(page)
    expect(page.get_by_role("status")).to_contain_text("1 broken")

    page.get_by_role("button", name="Run again").click()

    expect_level(page, "socket", "green")


def test_running_again_asks_for_every_line_once(page: Page) -> None:
    page.goto("/doctor/")
    expect_done(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    button = page.get_by_role("button", name="Run again")
    button.click()
    button.click()
    expect_done(page)

    checks = [url for url in asked if "/doctor/checks/" in url]
    assert len(checks) == len(set(checks)) == page.locator("li[data-url]").count()


def test_a_test_mail_has_a_line_that_comes_once(page: Page) -> None:
    page.goto("/doctor/")
    expect_done(page)

    for _ in range(2):
        page.get_by_role("button", name="Send me a test mail").click()
        expect_level(page, "test-mail", "green")

    expect(line(page, "test-mail")).to_have_count(1)
    page.get_by_role("button", name="Run again").click()
    expect_done(page)
    expect_level(page, "test-mail", "green")


def test_a_server_that_is_gone_is_said_in_each_line(page: Page) -> None:
    page.goto("/doctor/")
    expect_done(page)
    page.context.set_offline(True)

    page.get_by_role("button", name="Run again").click()

    expect_level(page, "database", "red")
    expect(line(page, "database")).to_contain_text("The server could not be asked.")
    page.get_by_role("button", name="Send me a test mail").click()
    expect(page.get_by_text("could not be asked for a mail")).to_be_visible()


def test_without_scripts_the_report_comes_filled(
    browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto("/doctor/")

    page.wait_for_url("**/doctor/report")

    expect(page.locator("[data-level=pending]")).to_have_count(0)
    expect(line(page, "socket")).to_contain_text("Only a browser with scripts")
    page.get_by_role("button", name="Send me a test mail").click()
    expect_level(page, "test-mail", "green")
    context.close()


@pytest.fixture(scope="module")
def sound_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """With a real Redis, and a service that fetches from the address at which the app is public."""
    if not is_installed():
        pytest.skip(NOT_INSTALLED)
    folder = tmp_path_factory.mktemp("sound")
    with running_redis(folder) as redis, model_server() as service:
        found = {"INFERENCE_URL": service.url, "REDIS_URL": redis.url}
        public = {"CHAT_PUBLIC_ORIGIN": "https://chat.example.com"}
        with running_app(folder, **found, **public) as app:
            service.site = app.url
            yield app


def test_what_is_sound_is_green(browser: Browser, sound_app: App) -> None:
    for page in watched(browser.new_context(base_url=sound_app.url)):
        sign_in(page)
        page.goto("/doctor/")
        expect_done(page)

        expect(page.get_by_text("Nothing to mend.")).to_be_visible()
        expect(page.locator("[data-level=yellow], [data-level=red]")).to_have_count(0)
        expect(line(page, "images")).to_contain_text("fetched our link 1 time. It takes bytes")
        expect(line(page, "processes")).to_contain_text("The processes are joined.")


@pytest.fixture(scope="module")
def broken_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """No model service, no Redis, and a migration that was not applied."""
    folder: Path = tmp_path_factory.mktemp("broken")
    with running_app(folder, **WRONG, REDIS_URL="redis://127.0.0.1:1") as app:
        app.manage("migrate", "doctor", "zero")
        yield app


def test_what_is_broken_says_how_to_mend_it(browser: Browser, broken_app: App) -> None:
    for page in watched(browser.new_context(base_url=broken_app.url)):
        sign_in(page)
        page.goto("/doctor/")
        expect_done(page)

        for name in ("service", "streaming", "processes", "migrations"):
            expect_level(page, name, "red")
        expect(line(page, "service")).to_contain_text("could not be reached")
        expect(line(page, "processes")).to_contain_text("Redis does not answer")
        expect(line(page, "migrations").locator("code")).to_have_text(
            ".venv/bin/python manage.py migrate"
        )
        expect(page.get_by_role("status")).to_contain_text("broken")
        assert WRONG["INFERENCE_KEY"] not in page.content()
