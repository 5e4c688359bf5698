"""What was learned about models is shown, and can be forgotten."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from chatapp.diagnostics.checks.learned import LINES, check_learned
from chatapp.inference import Service
from chatapp.inference.knowledge import Fact, Learned
from chatapp.replies.models import LearnedFact

pytestmark = pytest.mark.django_db(transaction=True)

URL = "http://127.0.0.1:1"


@pytest.fixture
def learned(settings: Settings) -> None:
    settings.SERVICE = Service("compatible", URL)
    until = (timezone.now() + timedelta(days=7)).timestamp()
    for name, value in {"sent_as": "claude-4-6-sonnet", "max_output": 4_096}.items():
        LearnedFact.objects.store(URL, Fact("claude-sonnet-4-6", name, value, until))


def test_every_fact_has_a_line() -> None:
    assert {name for name, _ in LINES} == set(Learned.__slots__)


def test_the_facts_are_listed_with_their_end(learned: None) -> None:
    result = check_learned()

    assert result.level == "note"
    assert result.found == (
        "claude-sonnet-4-6: an answer has at most 4,096 tokens; the service calls it "
        "claude-4-6-sonnet."
    )
    assert "tries again from" in result.fix


def test_nothing_learned_is_a_note_without_a_button(settings: Settings) -> None:
    settings.SERVICE = Service("compatible", URL)
    assert (check_learned().level, check_learned().fix) == ("note", "")


def test_the_owner_can_have_it_forgotten(learned: None, owner_client: Client) -> None:
    page = owner_client.get("/diagnostics/checks/learned").content.decode()
    assert "Forget all of it" in page
    assert 'action="/diagnostics/forget"' in page

    answer = owner_client.post("/diagnostics/forget")

    assert (answer.status_code, answer["location"]) == (302, "/diagnostics/")
    assert not LearnedFact.objects.exists()


def test_nobody_else_can(learned: None, member_client: Client, stranger_client: Client) -> None:
    assert member_client.post("/diagnostics/forget").status_code == 404
    assert stranger_client.post("/diagnostics/forget").status_code == 302
    assert LearnedFact.objects.count() == 2


def test_the_command_shows_and_forgets_it(learned: None) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError):  # the service is away
        call_command("diagnostics", stdout=out)
    assert "an answer has at most 4,096 tokens" in out.getvalue()

    with pytest.raises(CommandError):
        call_command("diagnostics", forget_learned=True, stdout=io.StringIO())
    assert not LearnedFact.objects.exists()
