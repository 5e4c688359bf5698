"""A message that the web firewall refuses can be excluded, so that the conversation continues."""

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, Message, add_exchange
from chatapp.inference import TextBlocked
from chatapp.inference.errors import RequestRefused
from chatapp.replies import generation
from tests.support.replies import answering, new_message, outcome
from tests.support.tab import Tab

pytestmark = pytest.mark.django_db(transaction=True)


def url_of(exchange: Exchange) -> str:
    return f"/c/{exchange.conversation.pk}/replies/{exchange.reply.pk}/exclusion"


@pytest.fixture
def blocked(running: Exchange) -> Exchange:
    running.reply.begin()
    Message.objects.filter(pk=running.reply.pk).update(
        status="failed", error="A filter refused this.", error_kind="blocked"
    )
    running.reply.refresh_from_db()
    return running


@pytest.mark.usefixtures("no_service")
async def test_the_reply_stores_that_the_firewall_refused_it(running: Exchange) -> None:
    with answering(TextBlocked()):
        await generation.generate(running.reply)

    reply = await outcome(running)
    assert (reply.status, reply.error_kind) == ("failed", "blocked")


def test_a_refused_reply_offers_to_exclude_the_message(
    owner_client: Client, blocked: Exchange
) -> None:
    page = owner_client.get(blocked.conversation.get_absolute_url()).content.decode()

    assert "Leave this message out" in page
    assert "Leave out everything before it" not in page  # there is nothing


def test_a_second_refusal_offers_to_exclude_everything_before(
    owner: Person, owner_client: Client, blocked: Exchange
) -> None:
    later = add_exchange(owner, new_message("Again", blocked.conversation.pk))
    Message.objects.filter(pk=later.reply.pk).update(
        status="failed", error_kind="blocked", error="x"
    )

    page = owner_client.get(blocked.conversation.get_absolute_url()).content.decode()

    assert "Leave out everything before it" in page
    owner_client.post(url_of(later), {"scope": "earlier"})
    excluded = later.conversation.messages.filter(excluded=True)
    assert set(excluded) == {blocked.message, blocked.reply}


def test_message_and_reply_are_excluded_and_included_again(
    owner_client: Client, blocked: Exchange
) -> None:
    assert owner_client.post(url_of(blocked), {"scope": "turn"}).status_code == 303
    assert blocked.conversation.messages.filter(excluded=True).count() == 2
    page = owner_client.get(blocked.conversation.get_absolute_url()).content.decode()
    assert "The model doesn't read this message" in page

    owner_client.post(url_of(blocked), {"scope": "none"})
    assert not blocked.conversation.messages.filter(excluded=True).exists()


async def test_an_exclusion_is_shown_in_all_tabs(demo: None, owner: Person) -> None:
    tab = await Tab.of(owner)
    async with tab.listening() as live:
        await tab.send("/error html")
        failed = (await live.until("message.finished"))[-1]
        response = await tab.post(f"replies/{failed['message']}/exclusion", scope="turn")
        assert response.status_code == 204
        changed = [await live.event(), await live.event()]

    assert {event["type"] for event in changed} == {"message.changed"}
    assert all("excluded" in event["html"] for event in changed)


async def test_the_conversation_continues_after_an_exclusion(demo: None, owner: Person) -> None:
    tab = await Tab.of(owner)
    async with tab.listening() as live:
        await tab.send("/error html")
        failed = (await live.until("message.finished"))[-1]
        await tab.post(f"replies/{failed['message']}/exclusion", scope="turn")
        await tab.send("/echo fine now")
        finished = (await live.until("message.finished"))[-1]

    assert "fine now" in finished["html"]


def test_only_the_owner_of_the_conversation_can_exclude(
    member_client: Client, stranger_client: Client, exchange: Exchange
) -> None:
    assert member_client.post(url_of(exchange), {"scope": "turn"}).status_code == 404
    assert member_client.get(url_of(exchange)).status_code == 405
    answer = stranger_client.post(url_of(exchange), headers={"accept": "application/json"})
    assert answer.status_code == 401
    assert not Message.objects.filter(excluded=True).exists()


def test_a_reply_that_was_not_refused_cannot_be_excluded(exchange: Exchange) -> None:
    assert exchange.reply.exclude("turn") == []
    assert exchange.reply.exclude("earlier") == []
    assert exchange.reply.exclude("none") == []


def test_an_invalid_request_excludes_nothing(owner_client: Client, blocked: Exchange) -> None:
    answer = owner_client.post(
        url_of(blocked), {"scope": "nonsense"}, headers={"accept": "application/json"}
    )

    assert answer.status_code == 409
    assert not Message.objects.filter(excluded=True).exists()


def test_an_excluded_reply_is_neither_retried_nor_continued(blocked: Exchange) -> None:
    assert blocked.reply.exclude("turn")
    blocked.reply.refresh_from_db()

    assert blocked.reply.retry() is None
    assert not blocked.reply.resume()


def test_a_stale_tab_does_not_exclude_a_reply_that_was_replaced(blocked: Exchange) -> None:
    new = blocked.reply.retry()
    assert new

    assert blocked.reply.exclude("turn") == []
    assert not Message.objects.filter(excluded=True).exists()


@pytest.mark.usefixtures("no_service")
async def test_instructions_that_may_cause_the_refusal_are_named(owner: Person) -> None:
    added = await generation.background.in_thread(
        add_exchange, owner, new_message(instructions="See ../data")
    )
    with answering(TextBlocked()):
        await generation.generate(added.reply)

    assert "instructions in this chat" in (await outcome(added)).error


@pytest.mark.usefixtures("no_service")
async def test_any_refused_request_can_be_excluded(running: Exchange) -> None:
    with answering(RequestRefused()):
        await generation.generate(running.reply)

    assert (await outcome(running)).can_exclude


@pytest.mark.parametrize("kind", ["", "refused"])
def test_every_failure_offers_to_leave_something_out(
    owner_client: Client, running: Exchange, kind: str
) -> None:
    Message.objects.filter(pk=running.reply.pk).update(
        status="failed", error="The service failed.", error_kind=kind
    )

    page = owner_client.get(running.conversation.get_absolute_url()).content.decode()

    assert "Leave this message out" in page
    assert "Retry" in page
    assert running.reply.exclude("turn")
