"""/diagnostics/: access, the page, the report without scripts, one result, a test email."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.diagnostics.checks import CHECKS
from chatapp.server import email_configuration
from tests.server.test_frame import inline_code

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"accept": "application/json"}
PAGES = ["/diagnostics/", "/diagnostics/report", "/diagnostics/checks/release"]
SignIn = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def _email_on_the_console(settings: Settings, no_service: None) -> None:
    settings.MAILERS = {"default": email_configuration.email_backend("", False)}


@pytest.mark.parametrize("path", PAGES)
def test_the_owner_can_open_the_page(owner_client: Client, path: str) -> None:
    assert owner_client.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_nobody_else_can_open_the_page(
    member_client: Client, owner: Person, stranger_client: Client, path: str
) -> None:
    assert member_client.get(path).status_code == 404
    assert stranger_client.get(path).status_code == 302
    assert stranger_client.get(path, headers=JSON).status_code == 401


def test_nobody_else_can_send_test_emails(
    member_client: Client, owner: Person, stranger_client: Client
) -> None:
    assert member_client.post("/diagnostics/email").status_code == 404
    assert stranger_client.post("/diagnostics/email", headers=JSON).status_code == 401


@pytest.mark.parametrize(
    ("path", "method"), [*((path, "post") for path in PAGES), ("/diagnostics/email", "get")]
)
def test_other_methods_are_refused(owner_client: Client, path: str, method: str) -> None:
    assert getattr(owner_client, method)(path).status_code == 405


def test_the_page_is_shown_at_once_and_leads_to_the_report_without_scripts(
    owner_client: Client,
) -> None:
    page = owner_client.get("/diagnostics/").content.decode()

    assert page.count('data-level="pending"') == len(CHECKS)
    assert '<noscript><meta http-equiv="refresh" content="0;url=/diagnostics/report">' in page
    assert inline_code(page) == []


def test_the_report_has_every_result(owner_client: Client) -> None:
    page = owner_client.get("/diagnostics/report").content.decode()

    assert page.count("data-check=") == len(CHECKS)
    assert 'data-level="pending"' not in page
    assert "http-equiv" not in page
    assert "Warnings: <b>1</b>" in page
    assert "Needs a browser with scripts." in page
    assert inline_code(page) == []


def test_one_result_is_returned_alone(owner_client: Client) -> None:
    result = owner_client.get("/diagnostics/checks/service").content.decode()

    assert result.strip().startswith('<li data-check="service" data-level="yellow"')
    assert "With `make run` the demo model answers" in result
    assert "<code>INFERENCE_URL=" in result


def test_an_unknown_check_is_not_found(owner_client: Client) -> None:
    assert owner_client.get("/diagnostics/checks/nonsense").status_code == 404


def test_a_test_email_goes_to_the_person_who_sends_it(
    owner_client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    client = owner_client

    result = client.post(
        "/diagnostics/email", {"to": "other@example.com"}, headers=JSON
    ).content.decode()
    page = client.post("/diagnostics/email").content.decode()

    assert capsys.readouterr().out.count("To: owner@example.com\n") == 2
    assert result.strip().startswith('<li data-check="test-email" data-level="green"')
    assert 'data-check="test-email"' in page
    assert "<html" in page


def test_only_the_menu_of_the_owner_links_to_the_page(
    owner_client: Client, member_client: Client, member: Person
) -> None:
    assert 'href="/diagnostics/"' in owner_client.get("/").content.decode()
    assert 'href="/diagnostics/"' not in member_client.get("/").content.decode()
