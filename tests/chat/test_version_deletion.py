"""Requests that delete one of several versions and undo that, with scripts and without."""

import uuid
from typing import Any

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, Message, NewVersion
from tests.chat.test_versions import JSON, at, head
from tests.support.replies import MODEL, complete
from tests.support.tab import Tab

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def second(exchange: Exchange) -> Message:
    """Add a second version of the reply, which is shown."""
    new, _created = exchange.reply.regenerate(NewVersion(uuid.uuid4(), MODEL))
    complete(new, "Another")
    return new


def test_the_menu_offers_it_only_among_several(
    owner_client: Client, exchange: Exchange, second: Message
) -> None:
    def offers(message: Message) -> bool:
        page = owner_client.get(at(exchange, f"messages/{message.pk}/"))
        return "Delete this version" in page.content.decode()

    assert offers(second)
    assert not offers(exchange.message)
    assert not offers(exchange.reply)  # it isn't shown


def test_a_repeated_request_changes_nothing(
    owner_client: Client, exchange: Exchange, second: Message
) -> None:
    url = at(exchange, f"messages/{second.pk}/version-deletion")
    fields = {"head": str(second.pk)}
    for _time in range(2):
        answer = owner_client.post(url, fields, headers=JSON)
        assert answer.status_code == 200
        assert "version-restoration" in answer.json()["html"]
    assert head(exchange) == exchange.reply

    url = at(exchange, f"messages/{second.pk}/version-restoration")
    for _time in range(2):
        assert owner_client.post(url, headers=JSON).status_code == 204
    assert head(exchange) == second


@pytest.mark.parametrize("shown", ["", "0189d3a2-0000-4000-8000-000000000000"])
def test_a_stale_tab_gets_a_sentence(
    owner_client: Client, exchange: Exchange, second: Message, shown: str
) -> None:
    url = at(exchange, f"messages/{second.pk}/version-deletion")

    answer = owner_client.post(url, {"head": shown}, headers=JSON)

    assert answer.status_code == 409
    assert "changed in another tab" in answer.json()["error"]
    assert head(exchange) == second


def test_the_last_version_is_refused_with_a_sentence(
    owner_client: Client, exchange: Exchange
) -> None:
    url = at(exchange, "messages/{reply}/version-deletion")

    page = owner_client.post(url, {"head": str(exchange.reply.pk)})

    assert page.status_code == 409
    assert "can&#x27;t be deleted" in page.content.decode()


def test_without_scripts_the_page_offers_to_undo_it(
    owner_client: Client, exchange: Exchange, second: Message
) -> None:
    url = at(exchange, f"messages/{second.pk}/version-deletion")

    answer = owner_client.post(url, {"head": str(second.pk)})

    assert answer.status_code == 303
    page = owner_client.get(answer.headers["location"]).content.decode()
    assert "Version deleted" in page
    assert "Another" not in page
    assert "1 / 2" not in page
    restoration = at(exchange, f"messages/{second.pk}/version-restoration")
    assert restoration in page
    assert owner_client.post(restoration).status_code == 303
    page = owner_client.get(answer.headers["location"]).content.decode()
    assert "Version deleted" not in page
    assert "2 / 2" in page


def test_every_page_of_a_deleted_version_is_not_found(
    owner_client: Client, exchange: Exchange, second: Message
) -> None:
    second.delete_version(second.pk)

    for path in ("", "shown", "branch", "edit"):
        url = at(exchange, f"messages/{second.pk}/{path}")
        assert owner_client.get(url).status_code in (404, 405)
        assert owner_client.post(url).status_code in (404, 405)
    for path in ("state", "stop", "retry", "continuation", "regeneration", "exclusion"):
        url = at(exchange, f"replies/{second.pk}/{path}")
        assert owner_client.get(url).status_code in (404, 405)
        assert owner_client.post(url).status_code in (404, 405)
    assert owner_client.get(at(exchange, f"?message={second.pk}")).status_code == 404


async def test_other_tabs_offer_to_undo_it(no_reply: Any, owner: Person) -> None:
    tab = await Tab.of(owner)
    first = (await tab.send("Hello")).json()["reply"]
    await Message.objects.aupdate(status="complete")
    await tab.post(f"replies/{first}/regeneration", version=str(uuid.uuid4()))
    second = await Message.objects.aget(on_branch=True, role="assistant")
    async with tab.listening() as live:
        await tab.post(f"messages/{second.pk}/version-deletion", head=str(second.pk))
        events = await live.until("version.deleted")
        assert [each["head"] for each in events if each["type"] == "branch.changed"] == [first]
        assert "version-restoration" in events[-1]["html"]
        await tab.post(f"messages/{second.pk}/version-restoration")
        events = await live.until("version.deleted")
        assert events[-1]["html"] == ""
    await second.arefresh_from_db()
    assert second.on_branch
    assert second.stop_requested_at
