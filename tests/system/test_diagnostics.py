"""The diagnostics page: results that fill in, a socket of its own, and what is broken."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocketRoute, expect

from tests.servers.model import Script, serving_in_thread
from tests.servers.redis import NOT_INSTALLED, is_installed, running_redis
from tests.system.app import App, running_app
from tests.system.conftest import sign_in, watched

WRONG = {"INFERENCE_URL": "http://127.0.0.1:1", "INFERENCE_KEY": "inf-0123456789abcdef"}


def result(page: Page, name: str) -> Locator:
    return page.locator(f"[data-check={name}]")


def expect_level(page: Page, name: str, level: str) -> None:
    expect(result(page, name)).to_have_attribute("data-level", level, timeout=20_000)


def expect_done(page: Page) -> None:
    expect(page.get_by_text("Checking…")).to_be_hidden(timeout=20_000)
    expect(page.locator("[data-level=pending]")).to_have_count(0)


def test_the_menu_leads_to_results_that_fill_in(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="owner@example.com").click()
    page.get_by_role("link", name="Diagnostics").click()

    expect_done(page)

    expect(page.get_by_role("status")).to_contain_text("Warnings: 1")
    expect_level(page, "service", "yellow")
    expect(result(page, "service")).to_contain_text("not an AI")
    for name in ("streaming", "images", "database", "migrations", "storage", "memory"):
        expect_level(page, name, "green")


@pytest.mark.long
def test_the_page_measures_a_socket_of_its_own(page: Page) -> None:
    page.goto("/diagnostics/")

    expect_level(page, "socket", "green")

    text = result(page, "socket").locator("p:visible").inner_text()
    assert re.fullmatch(r"The first message arrived after \d+ ms\. A heartbeat .* 15 s\.", text)


@pytest.mark.long
def test_a_heartbeat_shows_that_the_socket_stays_open(page: Page) -> None:
    pulses: list[WebSocketRoute] = []

    def pass_on(route: WebSocketRoute) -> None:
        route.connect_to_server()
        pulses.append(route)

    page.route_web_socket("**/ws/", pass_on)
    page.goto("/diagnostics/")
    expect_level(page, "socket", "green")

    for socket in pulses:  # the page has one of its own
        socket.send('{"v": 1, "type": "pulse"}')

    expect(result(page, "socket")).to_contain_text("was still open after")


def test_a_socket_that_does_not_open_is_red_and_can_be_tried_again(page: Page) -> None:
    refusing = [True, True]  # the page's own socket and the one that is checked

    def answer(route: WebSocketRoute) -> None:
        if refusing:
            refusing.pop()
            route.close()
        else:
            route.connect_to_server()

    page.route_web_socket("**/ws/", answer)
    page.goto("/diagnostics/")
    expect_level(page, "socket", "red")
    expect(result(page, "socket")).to_contain_text("Allow websockets")
    expect_done(page)
    expect(page.get_by_role("status").filter(has_text="Failed: 1")).to_be_visible()

    page.get_by_role("button", name="Run again").click()

    expect_level(page, "socket", "green")


@pytest.mark.long
def test_running_again_asks_for_every_result_once(page: Page) -> None:
    page.goto("/diagnostics/")
    expect_done(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    button = page.get_by_role("button", name="Run again")
    button.click()
    button.click()
    expect_done(page)

    checks = [url for url in asked if "/diagnostics/checks/" in url]
    assert len(checks) == len(set(checks)) == page.locator("li[data-url]").count()


@pytest.mark.long
def test_a_test_email_has_one_result(page: Page) -> None:
    page.goto("/diagnostics/")
    expect_done(page)

    for _ in range(2):
        page.get_by_role("button", name="Send test email").click()
        expect_level(page, "test-email", "green")

    expect(result(page, "test-email")).to_have_count(1)
    page.get_by_role("button", name="Run again").click()
    expect_done(page)
    expect_level(page, "test-email", "green")


@pytest.mark.long
def test_an_unreachable_app_is_shown_in_each_result(page: Page) -> None:
    page.goto("/diagnostics/")
    expect_done(page)
    page.context.set_offline(True)

    page.get_by_role("button", name="Run again").click()

    expect_level(page, "database", "red")
    expect(result(page, "database")).to_contain_text("The app can't be reached.")
    page.get_by_role("button", name="Send test email").click()
    expect(page.get_by_text("no test email was sent")).to_be_visible()


@pytest.mark.long
def test_without_scripts_the_report_has_all_results(
    browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto("/diagnostics/")

    page.wait_for_url("**/diagnostics/report")

    expect(page.locator("[data-level=pending]")).to_have_count(0)
    expect(result(page, "socket")).to_contain_text("Needs a browser with scripts")
    page.get_by_role("button", name="Send test email").click()
    expect_level(page, "test-email", "green")
    context.close()


@pytest.fixture(scope="module")
def healthy_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app with a real Redis, and a service that fetches images from its public address."""
    if not is_installed():
        pytest.skip(NOT_INSTALLED)
    folder = tmp_path_factory.mktemp("healthy")
    service = Script()
    with running_redis(folder) as redis, serving_in_thread(service):
        found = {"INFERENCE_URL": service.url, "REDIS_URL": redis.url}
        public = {"CHAT_PUBLIC_ORIGIN": "https://chat.example.com", "CHAT_TRUSTED_PROXIES": "0"}
        with running_app(folder, **found, **public) as app:
            service.site = app.url
            yield app


def test_a_healthy_app_is_green(browser: Browser, healthy_app: App) -> None:
    for page in watched(browser.new_context(base_url=healthy_app.url)):
        sign_in(page)
        page.goto("/diagnostics/")
        expect_done(page)

        expect(page.get_by_text("All checks passed.")).to_be_visible()
        expect(page.locator("[data-level=yellow], [data-level=red]")).to_have_count(0)
        expect(result(page, "images")).to_contain_text("fetched our link 1 time. It accepts")
        expect(result(page, "redis")).to_contain_text("All processes are connected.")


@pytest.fixture(scope="module")
def broken_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app without model service and Redis, and with a pending migration."""
    folder: Path = tmp_path_factory.mktemp("broken")
    with running_app(folder, **WRONG, REDIS_URL="redis://127.0.0.1:1") as app:
        app.manage("migrate", "diagnostics", "zero")
        yield app


@pytest.mark.long
def test_a_broken_app_shows_how_to_fix_it(browser: Browser, broken_app: App) -> None:
    for page in watched(browser.new_context(base_url=broken_app.url)):
        sign_in(page)
        page.goto("/diagnostics/")
        expect_done(page)

        for name in ("service", "streaming", "redis", "migrations"):
            expect_level(page, name, "red")
        expect(result(page, "service")).to_contain_text("couldn't be reached")
        expect(result(page, "redis")).to_contain_text("Redis doesn't answer")
        expect(result(page, "migrations").locator("code")).to_have_text(
            ".venv/bin/python manage.py migrate"
        )
        expect(page.get_by_role("status")).to_contain_text("Failed:")
        assert WRONG["INFERENCE_KEY"] not in page.content()
