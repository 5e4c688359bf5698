"""/c/<id>/replies/<id>/steps/<id>: all of a call for its owner, and the owner's word about it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.chat.views import tool_calls
from chatapp.conversations import models
from chatapp.conversations.models import Exchange, Message, Step

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_service", "no_reply"),
]

JSON = {"accept": "application/json"}
type SignIn = Callable[[Person], Client]


@pytest.fixture
def step(exchange: Exchange) -> Step:
    """A call that waits."""
    Message.objects.filter(pk=exchange.reply.pk).update(status="waiting", leased_by="")
    return Step.objects.create(
        reply=exchange.reply,
        round=0,
        index=0,
        text_length=0,
        name="calculate",
        call_id="call0",
        arguments='{"expression": "1+1"}',
        state="asking",
    )


def path(step: Step, more: str = "") -> str:
    return f"/c/{step.reply.conversation_id}/replies/{step.reply_id}/steps/{step.pk}{more}"


def decide(client: Client, step: Step, word: str, **headers: str) -> Any:
    return client.post(path(step, "/decision"), {"decision": word}, headers=headers or JSON)


def test_all_of_it_as_plain_text(signed_in: SignIn, owner: Person, step: Step) -> None:
    step.content = json.dumps({"found": "<b>heron</b> " * 1_000})
    step.save()

    answer = signed_in(owner).get(path(step))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content.decode().count("<b>heron</b>") == 1_000
    assert '"expression": "1+1"' in answer.content.decode()


def test_a_tab_gets_it_as_a_page(signed_in: SignIn, owner: Person, step: Step) -> None:
    step.content = json.dumps({"found": "<b>heron</b>"})
    step.save()

    answer = signed_in(owner).get(path(step), headers={"accept": "text/html"})

    assert answer["Content-Type"].startswith("text/html")
    assert "&lt;b&gt;heron&lt;/b&gt;" in answer.content.decode()
    assert f'data-person="{owner.pk}"' in answer.content.decode()


@pytest.mark.parametrize("word", ["allow", "deny"])
def test_the_owner_decides(signed_in: SignIn, owner: Person, step: Step, word: str) -> None:
    answer = decide(signed_in(owner), step, word)

    assert answer.status_code == 200
    assert 'data-status="queued"' in answer.json()["html"]
    step.refresh_from_db()
    assert step.state == {"allow": "ready", "deny": "denied"}[word]


def test_without_scripts_the_page_comes_back(signed_in: SignIn, owner: Person, step: Step) -> None:
    answer = decide(signed_in(owner), step, "allow", accept="text/html")

    assert answer.status_code == 303
    assert answer["Location"] == f"/c/{step.reply.conversation_id}/"


def test_who_comes_second_is_shown_what_is(signed_in: SignIn, owner: Person, step: Step) -> None:
    decide(signed_in(owner), step, "deny")

    answer = decide(signed_in(owner), step, "allow")

    assert answer.status_code == 200
    assert 'data-state="denied"' in answer.json()["html"]
    step.refresh_from_db()
    assert step.state == "denied"


def test_so_is_who_comes_second_in_the_same_instant(owner: Person, step: Step) -> None:
    reply = Message.objects.select_related("conversation").get(pk=step.reply_id)
    known_before = Message.objects.select_related("conversation").get(pk=step.reply_id)
    models.decide(reply, step.pk, "deny")

    shown = async_to_sync(tool_calls._decide)(known_before, step.pk, "allow")

    assert shown.status == "queued"


@pytest.mark.parametrize("word", ["", "perhaps"])
def test_another_word_decides_nothing(
    signed_in: SignIn, owner: Person, step: Step, word: str
) -> None:
    assert decide(signed_in(owner), step, word).status_code == 422
    step.refresh_from_db()
    assert step.state == "asking"


def test_for_a_member_it_does_not_exist(signed_in: SignIn, member: Person, step: Step) -> None:
    client = signed_in(member)

    assert client.get(path(step)).status_code == 404
    assert decide(client, step, "allow").status_code == 404
    step.refresh_from_db()
    assert step.state == "asking"


def test_a_stranger_has_to_sign_in(client: Client, step: Step) -> None:
    assert client.get(path(step), headers=JSON).status_code == 401
    assert decide(client, step, "allow").status_code == 401


def test_it_is_found_under_its_own_reply_only(
    signed_in: SignIn, owner: Person, step: Step, exchange: Exchange
) -> None:
    elsewhere = path(step).replace(str(step.reply_id), str(exchange.message.pk))

    assert signed_in(owner).get(elsewhere).status_code == 404


def test_methods(signed_in: SignIn, owner: Person, step: Step) -> None:
    client = signed_in(owner)

    assert client.post(path(step)).status_code == 405
    assert client.get(path(step, "/decision")).status_code == 405
