"""Settings of a conversation: which tools the model may use in it."""

import re
import threading
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Defaults, Exchange, ModelSettings
from chatapp.mcp.models import ToolSetting
from chatapp.replies.tools.toolbox import Toolbox
from chatapp.tools.registry import built_in
from tests.support.replies import MODEL

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_reply")]
JSON = {"accept": "application/json"}
EVERY = {f"tool:{name}": "off" for name in built_in()}


def post(client: Client, exchange: Exchange, **fields: Any) -> Any:
    return client.post(f"/c/{exchange.conversation.pk}/settings", fields, headers=JSON)


def choices(exchange: Exchange) -> Any:
    exchange.conversation.refresh_from_db()
    return exchange.conversation.tool_choices


def shown(page: str) -> dict[str, bool]:
    """Return the switches of a page by key, and whether they are on."""
    boxes = re.findall(r'<input type="checkbox" name="tool:([^"]+)"([^>]*)>', page)
    return {key: " checked" in rest for key, rest in boxes}


def offered(exchange: Exchange) -> list[str]:
    exchange.reply.conversation.refresh_from_db()
    return list(Toolbox.of(exchange.reply).tools)


def test_a_switch_that_is_turned_off_is_not_offered(
    owner_client: Client, exchange: Exchange
) -> None:
    response = post(owner_client, exchange, **{"tool:current_weather": "off"})

    assert response.status_code == 204
    assert choices(exchange) == {"current_weather": False}
    assert offered(exchange) == ["calculate", "current_date_and_time", "read_web_page"]


def test_only_switches_that_differ_from_the_instance_are_stored(
    owner_client: Client, exchange: Exchange, settings: Settings
) -> None:
    settings.TOOLS = ["current_weather"]
    post(owner_client, exchange, **EVERY | {"tool:calculate": "on"})
    assert choices(exchange) == {"calculate": True, "current_weather": False}

    post(owner_client, exchange, **EVERY | {"tool:current_weather": "on"})
    assert choices(exchange) == {}


def test_a_switch_that_is_not_posted_is_kept(owner_client: Client, exchange: Exchange) -> None:
    post(owner_client, exchange, **{"tool:current_weather": "off"})
    post(owner_client, exchange, **{"tool:read_web_page": "off"})
    post(owner_client, exchange, thinking="low")

    assert choices(exchange) == {"current_weather": False, "read_web_page": False}


def test_an_unknown_switch_is_ignored(owner_client: Client, exchange: Exchange) -> None:
    response = post(
        owner_client, exchange, **{"tool:fly": "on", "tool:": "on", "tool_choices": "{}"}
    )

    assert response.status_code == 204
    assert choices(exchange) == {}


def test_a_choice_applies_again_when_the_owner_turns_the_tool_on_again(
    owner_client: Client, exchange: Exchange
) -> None:
    post(owner_client, exchange, **{"tool:current_weather": "off"})
    gone = ToolSetting.objects.create(name="current_weather", access="off")
    post(owner_client, exchange, **{"tool:current_weather": "on", "tool:read_web_page": "off"})
    gone.delete()

    assert choices(exchange) == {"current_weather": False, "read_web_page": False}


def test_without_scripts_an_unchecked_box_turns_a_tool_off(
    owner_client: Client, exchange: Exchange
) -> None:
    url = exchange.conversation.get_absolute_url()
    # A browser posts the hidden field of each switch, and after it the box if that is checked.
    fields: dict[str, Any] = {name: ["off", "on"] for name in EVERY}

    owner_client.post(f"{url}settings", fields | {"tool:current_weather": ["off"]})

    assert choices(exchange) == {"current_weather": False}
    assert shown(owner_client.get(f"{url}settings").content.decode()) == {
        "calculate": True,
        "current_date_and_time": True,
        "current_weather": False,
        "read_web_page": True,
    }


def test_without_scripts_a_refusal_keeps_the_switches(
    owner_client: Client, exchange: Exchange
) -> None:
    fields = {"tool:current_weather": "off", "temperature": "9"}

    response = owner_client.post(f"/c/{exchange.conversation.pk}/settings", fields)

    assert response.status_code == 422
    assert not shown(response.content.decode())["current_weather"]
    assert choices(exchange) == {}


def test_reset_shows_the_switches_of_the_instance(
    owner_client: Client, exchange: Exchange, settings: Settings
) -> None:
    settings.TOOLS = ["current_weather"]
    post(owner_client, exchange, **{"tool:current_weather": "off", "tool:calculate": "on"})

    response = owner_client.post(f"/c/{exchange.conversation.pk}/settings", {"reset": "1"})

    page = shown(response.content.decode())
    assert [key for key, is_on in page.items() if is_on] == ["current_weather"]
    assert choices(exchange) == {"current_weather": False, "calculate": True}


def test_a_first_message_saves_its_switches(owner_client: Client) -> None:
    fields = {"client_id": uuid.uuid4(), "text": "Hello", "tool:current_weather": "off"}

    owner_client.post(f"/c/{uuid.uuid4()}/messages", fields, headers=JSON)

    assert Conversation.objects.get().tool_choices == {"current_weather": False}
    assert not Defaults.objects.exists()


def test_a_later_message_does_not_change_the_switches(
    owner_client: Client, exchange: Exchange
) -> None:
    fields = {"client_id": uuid.uuid4(), "text": "And?", "tool:current_weather": "off"}

    owner_client.post(f"/c/{exchange.conversation.pk}/messages", fields, headers=JSON)

    assert choices(exchange) == {}


def test_switches_become_the_persons_defaults_on_request(
    owner_client: Client, owner: Person, exchange: Exchange
) -> None:
    post(owner_client, exchange, **{"tool:current_weather": "off", "as_default": "on"})

    assert Defaults.objects.of(owner) == ModelSettings(
        MODEL, tool_choices={"current_weather": False}
    )
    assert not shown(owner_client.get("/settings/defaults").content.decode())["current_weather"]
    assert ' title="Chat settings (changed)"' in owner_client.get("/").content.decode()
    owner_client.post(
        f"/c/{uuid.uuid4()}/messages", {"client_id": uuid.uuid4(), "text": "Hi"}, headers=JSON
    )
    assert Conversation.objects.latest("created_at").tool_choices == {"current_weather": False}


def test_defaults_are_saved_without_a_conversation(owner_client: Client, owner: Person) -> None:
    owner_client.post("/settings/defaults", EVERY | {"tool:current_weather": "on"}, headers=JSON)

    kept = Defaults.objects.of(owner).tool_choices
    assert kept == {"calculate": False, "current_date_and_time": False, "read_web_page": False}


def test_switches_from_two_tabs_are_both_kept(owner: Person, exchange: Exchange) -> None:
    def turn_off(name: str) -> None:
        client = Client()
        client.force_login(owner)
        post(client, exchange, **{name: "off"})
        connection.close()

    threads = [threading.Thread(target=turn_off, args=[name]) for name in EVERY]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert choices(exchange) == dict.fromkeys(built_in(), False)
