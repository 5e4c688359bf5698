"""/doctor/: who sees it, the page at once, the report without scripts, one line, a test mail."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.doctor.checks import CHECKS
from chatapp.server import configuration
from tests.server.test_frame import inline_code

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"accept": "application/json"}
PAGES = ["/doctor/", "/doctor/report", "/doctor/checks/release"]
SignIn = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def _mails_on_the_console(settings: Settings, no_service: None) -> None:
    settings.MAILERS = {"default": configuration.mailer("", False)}


@pytest.mark.parametrize("path", PAGES)
def test_the_owner_sees_it(owner_client: Client, path: str) -> None:
    assert owner_client.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_for_everybody_else_it_is_not_there(
    member_client: Client, owner: Person, stranger_client: Client, path: str
) -> None:
    assert member_client.get(path).status_code == 404
    assert stranger_client.get(path).status_code == 302
    assert stranger_client.get(path, headers=JSON).status_code == 401


def test_nobody_else_sends_test_mails(
    member_client: Client, owner: Person, stranger_client: Client
) -> None:
    assert member_client.post("/doctor/mail").status_code == 404
    assert stranger_client.post("/doctor/mail", headers=JSON).status_code == 401


@pytest.mark.parametrize(
    ("path", "method"), [*((path, "post") for path in PAGES), ("/doctor/mail", "get")]
)
def test_other_methods_are_refused(owner_client: Client, path: str, method: str) -> None:
    assert getattr(owner_client, method)(path).status_code == 405


def test_the_page_comes_at_once_and_leads_to_the_report_without_scripts(
    owner_client: Client,
) -> None:
    page = owner_client.get("/doctor/").content.decode()

    assert page.count('data-level="pending"') == len(CHECKS)
    assert '<noscript><meta http-equiv="refresh" content="0;url=/doctor/report">' in page
    assert inline_code(page) == []


def test_the_report_has_every_line(owner_client: Client) -> None:
    page = owner_client.get("/doctor/report").content.decode()

    assert page.count("data-check=") == len(CHECKS)
    assert 'data-level="pending"' not in page
    assert "http-equiv" not in page
    assert "<b>1</b> to look at" in page
    assert "Only a browser with scripts can try it" in page
    assert inline_code(page) == []


def test_a_line_alone(owner_client: Client) -> None:
    line = owner_client.get("/doctor/checks/service").content.decode()

    assert line.strip().startswith('<li data-check="service" data-level="yellow"')
    assert "under `make run` the demo model answers" in line
    assert "<code>INFERENCE_URL=" in line


def test_an_unknown_check_is_not_found(owner_client: Client) -> None:
    assert owner_client.get("/doctor/checks/nonsense").status_code == 404


def test_a_test_mail_goes_to_whoever_asks(
    owner_client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    line = owner_client.post(
        "/doctor/mail", {"to": "other@example.com"}, headers=JSON
    ).content.decode()
    page = owner_client.post("/doctor/mail").content.decode()

    assert capsys.readouterr().out.count("To: owner@example.com\n") == 2
    assert line.strip().startswith('<li data-check="test-mail" data-level="green">')
    assert 'data-check="test-mail"' in page
    assert "<html" in page


def test_the_menu_of_the_owner_leads_there(owner_client: Client, member_client: Client) -> None:
    assert 'href="/doctor/"' in owner_client.get("/").content.decode()
    assert 'href="/doctor/"' not in member_client.get("/").content.decode()
