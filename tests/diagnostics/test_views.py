"""/diagnostics/: access, the page, the report without scripts, one result, a test email."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.diagnostics.checks import CHECKS
from chatapp.server import configuration
from tests.test_frame import inline_code

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"accept": "application/json"}
PAGES = ["/diagnostics/", "/diagnostics/report", "/diagnostics/checks/release"]
SignIn = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def _email_on_the_console(settings: Settings, no_service: None) -> None:
    settings.MAILERS = {"default": configuration.email_backend("", False)}


@pytest.mark.parametrize("path", PAGES)
def test_the_owner_can_open_the_page(signed_in: SignIn, owner: Person, path: str) -> None:
    assert signed_in(owner).get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_nobody_else_can_open_the_page(
    signed_in: SignIn, member: Person, owner: Person, stranger: Client, path: str
) -> None:
    assert signed_in(member).get(path).status_code == 404
    assert stranger.get(path).status_code == 302
    assert stranger.get(path, headers=JSON).status_code == 401


def test_nobody_else_can_send_test_emails(
    signed_in: SignIn, member: Person, owner: Person, stranger: Client
) -> None:
    assert signed_in(member).post("/diagnostics/email").status_code == 404
    assert stranger.post("/diagnostics/email", headers=JSON).status_code == 401


@pytest.mark.parametrize(
    ("path", "method"), [*((path, "post") for path in PAGES), ("/diagnostics/email", "get")]
)
def test_other_methods_are_refused(
    signed_in: SignIn, owner: Person, path: str, method: str
) -> None:
    assert getattr(signed_in(owner), method)(path).status_code == 405


def test_the_page_is_shown_at_once_and_leads_to_the_report_without_scripts(
    signed_in: SignIn, owner: Person
) -> None:
    page = signed_in(owner).get("/diagnostics/").content.decode()

    assert page.count('data-level="pending"') == len(CHECKS)
    assert '<noscript><meta http-equiv="refresh" content="0;url=/diagnostics/report">' in page
    assert inline_code(page) == []


def test_the_report_has_every_result(signed_in: SignIn, owner: Person) -> None:
    page = signed_in(owner).get("/diagnostics/report").content.decode()

    assert page.count("data-check=") == len(CHECKS)
    assert 'data-level="pending"' not in page
    assert "http-equiv" not in page
    assert "Warnings: <b>1</b>" in page
    assert "Needs a browser with scripts." in page
    assert inline_code(page) == []


def test_one_result_is_returned_alone(signed_in: SignIn, owner: Person) -> None:
    result = signed_in(owner).get("/diagnostics/checks/service").content.decode()

    assert result.strip().startswith('<li data-check="service" data-level="yellow"')
    assert "With `make run` the demo model answers" in result
    assert "<code>INFERENCE_URL=" in result


def test_an_unknown_check_is_not_found(signed_in: SignIn, owner: Person) -> None:
    assert signed_in(owner).get("/diagnostics/checks/nonsense").status_code == 404


def test_a_test_email_goes_to_the_person_who_sends_it(
    signed_in: SignIn, owner: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    client = signed_in(owner)

    result = client.post(
        "/diagnostics/email", {"to": "other@example.com"}, headers=JSON
    ).content.decode()
    page = client.post("/diagnostics/email").content.decode()

    assert capsys.readouterr().out.count("To: owner@example.com\n") == 2
    assert result.strip().startswith('<li data-check="test-email" data-level="green">')
    assert 'data-check="test-email"' in page
    assert "<html" in page


def test_only_the_menu_of_the_owner_links_to_the_page(
    signed_in: SignIn, owner: Person, member: Person
) -> None:
    assert 'href="/diagnostics/"' in signed_in(owner).get("/").content.decode()
    assert 'href="/diagnostics/"' not in signed_in(member).get("/").content.decode()
