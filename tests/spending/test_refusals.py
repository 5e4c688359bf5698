"""At a cap, what would ask the model is refused with a sentence, and nothing is stored."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from chatapp.accounts.models import Person
from chatapp.accounts.roles import Role
from chatapp.conversations.models import Exchange, Message, State, ToolCall, add_exchange
from chatapp.spending import caps
from chatapp.spending.caps import Scope, set_cap
from chatapp.spending.models import ModelCall
from chatapp.spending.periods import Period
from chatapp.spending.sentences import reached
from tests.spending.conftest import set_own
from tests.support.replies import new_message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]

JSON = {"accept": "application/json"}
NONE = 0  # micro-dollars
REFUSED = 402


def cap(person: Person, amount: int = NONE) -> None:
    set_own(person, amount)


def at(exchange: Exchange, path: str = "") -> str:
    return f"/c/{exchange.conversation.pk}/{path}"


def of_reply(exchange: Exchange, path: str) -> str:
    return at(exchange, f"replies/{exchange.reply.pk}/{path}")


def fail(exchange: Exchange, text: str = "") -> None:
    Message.objects.filter(pk=exchange.reply.pk).update(status="failed", error="Oh.", text=text)


def retry(exchange: Exchange) -> tuple[str, dict[str, Any]]:
    fail(exchange)
    return of_reply(exchange, "retry"), {}


def resume(exchange: Exchange) -> tuple[str, dict[str, Any]]:
    fail(exchange, "Half of it")
    return of_reply(exchange, "continuation"), {}


def regenerate(exchange: Exchange) -> tuple[str, dict[str, Any]]:
    return of_reply(exchange, "regeneration"), {"version": uuid.uuid4()}


def edit(exchange: Exchange) -> tuple[str, dict[str, Any]]:
    fields = {"client_id": uuid.uuid4(), "text": "Other", "parent": exchange.reply.pk}
    return at(exchange, f"messages/{exchange.message.pk}/edit"), fields


def send(exchange: Exchange) -> tuple[str, dict[str, Any]]:
    fields = {"client_id": uuid.uuid4(), "text": "More", "parent": exchange.reply.pk}
    return at(exchange, "messages"), fields


def allow(exchange: Exchange) -> tuple[str, dict[str, Any]]:
    Message.objects.filter(pk=exchange.reply.pk).update(status="waiting")
    tool_call = ToolCall.objects.create(
        reply=exchange.reply,
        round=0,
        index=0,
        text_length=0,
        call_id="1",
        name="act",
        arguments="{}",
        state=State.AWAITING_APPROVAL,
    )
    return of_reply(exchange, f"tool-calls/{tool_call.pk}/decision"), {"decision": "allow"}


ACTIONS = [send, edit, regenerate, retry, resume, allow]
type Action = Callable[[Exchange], tuple[str, dict[str, Any]]]


def stored() -> list[Any]:
    messages = Message.objects.order_by("pk").values_list("pk", "status", "text", "attempt")
    return [*messages, *ToolCall.objects.values_list("pk", "state")]


@pytest.mark.parametrize("action", ACTIONS)
def test_at_a_cap_nothing_is_stored(
    owner_client: Client, owner: Person, exchange: Exchange, action: Action
) -> None:
    url, fields = action(exchange)
    cap(owner)
    before = stored()

    answer = owner_client.post(url, fields, headers=JSON)

    assert answer.status_code == REFUSED
    sentence = answer.json()["error"]
    assert sentence.startswith("You've reached the cap of $0.00 that you set for today.")
    tomorrow = date_format(timezone.now() + timedelta(days=1), "DATE_FORMAT")
    assert f"It renews on {tomorrow} (time zone: UTC)." in sentence
    assert stored() == before
    assert not ModelCall.objects.exists()


@pytest.mark.parametrize("action", ACTIONS)
def test_without_scripts_the_sentence_is_on_a_page(
    owner_client: Client, owner: Person, exchange: Exchange, action: Action
) -> None:
    url, fields = action(exchange)
    cap(owner)

    page = owner_client.post(url, fields)

    assert page.status_code == REFUSED
    assert "reached the cap of $0.00" in page.content.decode()
    if text := fields.get("text"):
        assert text in page.content.decode()


def test_a_refused_send_says_that_the_text_is_kept(
    owner_client: Client, owner: Person, exchange: Exchange
) -> None:
    cap(owner)
    url, fields = send(exchange)

    assert (
        owner_client.post(url, fields, headers=JSON).json()["error"].endswith("Your text is kept.")
    )


def test_reading_stays_possible(owner_client: Client, owner: Person, exchange: Exchange) -> None:
    cap(owner)

    for path in ("", "messages", "markdown"):
        assert owner_client.get(at(exchange, path)).status_code == 200


def test_a_question_whether_to_stop_stops_nothing_at_a_cap(
    owner_client: Client, owner: Person, exchange: Exchange
) -> None:
    later = add_exchange(owner, new_message("And?", exchange.conversation.pk))
    cap(owner)
    url, fields = regenerate(exchange)

    answer = owner_client.post(url, fields | {"stop": "on"}, headers=JSON)

    assert answer.status_code == REFUSED
    later.reply.refresh_from_db()
    assert (later.reply.status, later.reply.stop_requested_at) == ("queued", None)


def test_a_repeated_send_gets_the_answer_that_was_lost(
    owner_client: Client, owner: Person, no_reply: Any
) -> None:
    url, fields = f"/c/{uuid.uuid4()}/messages", {"client_id": uuid.uuid4(), "text": "Hello"}
    first = owner_client.post(url, fields, headers=JSON)
    cap(owner)

    again = owner_client.post(url, fields, headers=JSON)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["reply"] == again.json()["reply"]


@pytest.mark.parametrize(
    ("kind", "period", "begin", "end"),
    [
        ("person", Period.DAY, "You've reached your cap of $0.00 for today.", "Olga can raise it."),
        ("role", Period.MONTH, "You've reached your cap of $0.00 for {month}.", "Olga can raise"),
        ("instance", Period.DAY, "This site has reached its cap of $0.00", "Olga can raise it."),
        ("own", Period.DAY, "You've reached the cap of $0.00 that you set", "page “Usage”."),
    ],
)
def test_the_sentence_names_who_can_raise_the_cap(
    member_client: Client,
    owner: Person,
    member: Person,
    kind: str,
    period: Period,
    begin: str,
    end: str,
) -> None:
    Person.objects.filter(pk=owner.pk).update(name="Olga")
    scopes = {
        "person": Scope.of_person(member),
        "role": Scope.of_role(Role.MEMBER),
        "instance": Scope.instance(),
        "own": Scope.own(member),
    }
    set_cap(scopes[kind], period, NONE, member if kind == "own" else owner)
    caps.refresh()

    fields = {"client_id": uuid.uuid4(), "text": "Hello"}
    sentence = member_client.post(f"/c/{uuid.uuid4()}/messages", fields, headers=JSON).json()

    assert sentence["error"].startswith(begin.format(month=date_format(timezone.now(), "F")))
    assert end in sentence["error"]


def test_admins_are_named_where_they_can_help(owner: Person, member: Person) -> None:
    for name in ("Ada", "Bo"):
        email = f"{name}@example.com"
        Person.objects.create_user(email, assigned_role=Role.ADMIN, name=name)
    set_cap(Scope.of_role(Role.MEMBER), Period.DAY, NONE, owner)
    caps.refresh()
    (limit,) = caps.limits_of(member, timezone.now()).values()

    assert reached(limit, member).endswith(f"{owner.email}, Ada or Bo can raise it.")
    assert reached(limit, owner).endswith("You can raise it on the page “Usage”.")
