"""More of `make screens`: the first pages of a new site on a dyno."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.deploy.dyno import run, serving
from tests.rehearsal.router import Router, running_router
from tests.servers.certificates import self_signed
from tests.servers.postgres import Postgres, running_postgres
from tests.support.people import MEMBER, OWNER, PASSWORD
from tests.system.screens import FOLDER, LAYOUTS

CODE = "a code for the first visitor"

type Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with running_postgres(tmp_path_factory.mktemp("postgres"), tls=True) as server:
        yield server


@pytest.fixture(scope="module")
def site(postgres: Postgres) -> dict[str, str]:
    """Config vars of a dyno with a database that is up to date."""
    variables = {"DATABASE_URL": postgres.create_database("site")}
    assert run("release", **variables).returncode == 0
    return variables


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=list(LAYOUTS))
def layout(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    with running_router(*self_signed(tmp_path_factory.mktemp("router"), "router")) as router:
        yield router


@pytest.fixture
def visit(browser: Browser, router: Router, layout: str, scheme: str) -> Iterator[Visit]:
    """The first page of a dyno as it comes through the router."""
    contexts = []

    def visit(dyno: str, host: str = "127.0.0.1") -> Page:
        router.dynos = [int(dyno.rsplit(":", 1)[1])]
        arguments = {**LAYOUTS[layout], "color_scheme": scheme, "ignore_https_errors": True}
        url = router.url.replace("127.0.0.1", host)
        contexts.append(browser.new_context(base_url=url, **arguments))
        page = contexts[-1].new_page()
        page.goto("/")
        return page

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture
def shoot(layout: str, scheme: str) -> Callable[[Page, str], None]:
    def shoot(page: Page, name: str) -> None:
        page.screenshot(path=FOLDER / f"{name}-{layout}-{scheme}.png")

    return shoot


def test_missing_config_vars(
    tmp_path: Path, site: dict[str, str], visit: Visit, shoot: Any
) -> None:
    with serving(tmp_path) as url:
        shoot(visit(url), "no-database")
    with serving(tmp_path, **site) as url:
        shoot(visit(url), "no-setup-code")
    with serving(tmp_path, **site, ALLOWED_HOSTS="127.0.0.1") as url:
        shoot(visit(url, host="localhost"), "unknown-host")


def test_a_site_without_models_and_email(
    tmp_path: Path, postgres: Postgres, visit: Visit, shoot: Any, layout: str, scheme: str
) -> None:
    variables = {"DATABASE_URL": postgres.create_database(f"{layout}-{scheme}")}
    assert run("release", **variables).returncode == 0
    with serving(tmp_path, **variables, CHAT_SETUP_CODE=CODE) as url:
        page = visit(url)
        page.get_by_label("Email").fill(OWNER)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Setup code").fill("something else")
        page.get_by_role("button", name="Create account").click()
        expect(page.get_by_text("This isn't the setup code.")).to_be_visible()
        shoot(page, "welcome")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Setup code").fill(CODE)
        page.get_by_role("button", name="Create account").click()
        expect(page.get_by_role("textbox", name="Message")).to_be_visible()
        stranger = visit(url)
        _invite(page, stranger, shoot)
        stranger.get_by_role("link", name="Forgot your password?").click()
        shoot(stranger, "reset-without-email")
        stranger.get_by_label("Email").fill(MEMBER)
        stranger.get_by_role("button", name="Ask for a link").click()
        shoot(stranger, "reset-asked")
        page.goto("/")
        shoot(page, "notices")
        page.get_by_role("link", name="More").last.click()
        shoot(page, "people")
        page.get_by_role("button", name="Make a password link").click()
        shoot(page, "person")


def _invite(page: Page, stranger: Page, shoot: Any) -> None:
    """Invite a stranger, who joins and leaves again."""
    page.goto("/people/")
    page.get_by_text("Invite someone").click()
    page.get_by_role("radio", name=re.compile("^Guest")).check()
    shoot(page, "invite")
    page.get_by_role("radio", name=re.compile("^Member")).check()
    page.get_by_role("button", name="Make invitation").click()
    shoot(page, "invitation")
    stranger.goto(page.get_by_label("Link", exact=True).input_value())
    stranger.get_by_label("Email").fill(MEMBER)
    stranger.get_by_label("Password", exact=True).fill(PASSWORD)
    shoot(stranger, "join")
    stranger.get_by_role("button", name="Join").click()
    expect(stranger.get_by_role("textbox", name="Message")).to_be_visible()
    stranger.context.clear_cookies()
    stranger.goto("/account/sign-in/")
