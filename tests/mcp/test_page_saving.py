"""Choosing on the page what tools may do, in one tab or in two."""

import pytest
from django.test import Client

from chatapp.mcp.models import Server, ToolSetting
from chatapp.mcp.switches import switches

pytestmark = pytest.mark.django_db(transaction=True)
SENTENCE = "Choose “Off”, “Ask first” or “Run automatically”."


def saved() -> dict[str, str]:
    return dict(ToolSetting.objects.values_list("name", "access"))


def test_a_choice_for_a_built_in_tool_is_saved(owner_client: Client) -> None:
    answer = owner_client.post("/tools/built-in", {"tool-current_weather": "off"})

    assert answer.status_code == 303
    assert "Saved." in owner_client.get(answer["Location"]).text
    assert saved() == {"current_weather": "off"}
    assert "current_weather" not in [switch.key for switch in switches()]


def test_an_unchanged_tool_gets_no_row(owner_client: Client) -> None:
    owner_client.post(
        "/tools/built-in",
        {
            "tool-current_weather": "allow",
            "initial-tool-current_weather": "allow",
            "tool-calculate": "ask",
            "initial-tool-calculate": "allow",
        },
    )

    assert saved() == {"calculate": "ask"}


def test_two_tabs_do_not_undo_each_others_choices(owner_client: Client, notes: Server) -> None:
    shown = {"initial-tool-notes_search": "ask", "initial-tool-notes_write": "ask"}
    path = f"/tools/servers/{notes.pk}/tools"

    first = {"tool-notes_search": "allow", "tool-notes_write": "ask"}
    owner_client.post(path, shown | first | {"initial-is_enabled": "True", "is_enabled": "on"})
    second = {"tool-notes_search": "ask", "tool-notes_write": "off"}
    owner_client.post(path, shown | second | {"initial-is_enabled": "True"})

    notes.refresh_from_db()
    assert saved() == {"notes_search": "allow", "notes_write": "off"}
    assert not notes.is_enabled


def test_a_tab_without_the_switch_leaves_it_on(owner_client: Client, notes: Server) -> None:
    owner_client.post(f"/tools/servers/{notes.pk}/tools", {"tool-notes_search": "allow"})

    notes.refresh_from_db()
    assert notes.is_enabled


def test_an_unknown_tool_is_ignored(owner_client: Client, notes: Server) -> None:
    fields = {"tool-nonsense": "allow", "tool-notes_search": "allow", "tool-calculate": "off"}

    answer = owner_client.post(f"/tools/servers/{notes.pk}/tools", fields)

    assert answer.status_code == 303
    assert saved() == {"notes_search": "allow", "notes_write": "ask"}


def test_a_removed_tool_can_not_be_changed(owner_client: Client, notes: Server) -> None:
    notes.tools.update(is_removed=True)

    owner_client.post(f"/tools/servers/{notes.pk}/tools", {"tool-notes_search": "allow"})

    assert saved()["notes_search"] == "ask"


@pytest.mark.parametrize("value", ["always", "", "ALLOW", "free", "\0", "x" * 100_000])
def test_an_unknown_choice_gets_a_sentence_and_changes_nothing(
    owner_client: Client, notes: Server, value: str
) -> None:
    fields = {"tool-notes_search": value, "tool-notes_write": "off"}

    answer = owner_client.post(f"/tools/servers/{notes.pk}/tools", fields)

    assert answer.status_code == 422
    assert answer.text.count(SENTENCE) == 1
    assert '<option value="off" selected>' in answer.text
    assert set(saved().values()) == {"ask"}


def test_the_refused_page_keeps_what_it_had_shown(owner_client: Client, notes: Server) -> None:
    fields = {"tool-notes_search": "nonsense", "initial-tool-notes_search": "allow"}

    answer = owner_client.post(f"/tools/servers/{notes.pk}/tools", fields)

    assert '<input type="hidden" name="initial-tool-notes_search" value="allow"' in answer.text
    assert '<input type="hidden" name="initial-tool-notes_write" value="ask"' in answer.text
