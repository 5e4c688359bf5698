"""`manage.py replies` lists running replies and their lease holders."""

from io import StringIO

import pytest
from django.core.management import call_command

from chatapp.conversations.models import Exchange, Message
from chatapp.server import process_name

pytestmark = pytest.mark.django_db


def listed() -> list[str]:
    out = StringIO()
    call_command("replies", stdout=out)
    return out.getvalue().splitlines()[1:]


def test_running_replies_are_listed_with_holder_and_lease(running: Exchange) -> None:
    running.reply.begin()

    [line] = listed()

    assert line.startswith(str(running.reply.pk))
    assert process_name.NAME in line
    assert "streaming" in line
    assert " s" in line.split(process_name.NAME)[1]


def test_a_reply_without_a_holder_is_marked(running: Exchange) -> None:
    Message.objects.update(leased_until=None)

    [line] = listed()

    assert "queued" in line
    assert "nobody" in line
    assert "none" in line


def test_ended_replies_are_not_listed(exchange: Exchange) -> None:
    assert listed() == []
