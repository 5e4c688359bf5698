"""How far tools may go: what is chosen on the page, in one tab or in two."""

import pytest
from django.test import Client

from chatapp.connectors.models import Server, ToolSetting
from chatapp.connectors.switches import switches

pytestmark = pytest.mark.django_db(transaction=True)
SENTENCE = "Choose Off, Asks first or Runs by itself."


def said() -> dict[str, str]:
    return dict(ToolSetting.objects.values_list("name", "access"))


def test_a_choice_about_a_tool_of_the_app_is_kept(owner_client: Client) -> None:
    answer = owner_client.post("/tools/built-in", {"tool-current_weather": "off"})

    assert answer.status_code == 303
    assert "Saved." in owner_client.get(answer["Location"]).text
    assert said() == {"current_weather": "off"}
    assert "current_weather" not in [switch.key for switch in switches()]


def test_what_was_not_touched_gets_no_row(owner_client: Client) -> None:
    owner_client.post(
        "/tools/built-in",
        {
            "tool-current_weather": "free",
            "initial-tool-current_weather": "free",
            "tool-calculate": "ask",
            "initial-tool-calculate": "free",
        },
    )

    assert said() == {"calculate": "ask"}


def test_two_tabs_do_not_undo_each_others_choices(owner_client: Client, notes: Server) -> None:
    shown = {"initial-tool-notes_search": "ask", "initial-tool-notes_write": "ask"}
    path = f"/tools/servers/{notes.pk}/tools"

    first = {"tool-notes_search": "free", "tool-notes_write": "ask"}
    owner_client.post(path, shown | first | {"initial-is_on": "True", "is_on": "on"})
    second = {"tool-notes_search": "ask", "tool-notes_write": "off"}
    owner_client.post(path, shown | second | {"initial-is_on": "True"})

    notes.refresh_from_db()
    assert said() == {"notes_search": "free", "notes_write": "off"}
    assert not notes.is_on


def test_a_tab_that_never_showed_the_switch_leaves_it_on(
    owner_client: Client, notes: Server
) -> None:
    owner_client.post(f"/tools/servers/{notes.pk}/tools", {"tool-notes_search": "free"})

    notes.refresh_from_db()
    assert notes.is_on


def test_an_unknown_tool_is_passed_over(owner_client: Client, notes: Server) -> None:
    fields = {"tool-nonsense": "free", "tool-notes_search": "free", "tool-calculate": "off"}

    answer = owner_client.post(f"/tools/servers/{notes.pk}/tools", fields)

    assert answer.status_code == 303
    assert said() == {"notes_search": "free", "notes_write": "ask"}


def test_a_tool_that_is_gone_can_not_be_changed(owner_client: Client, notes: Server) -> None:
    notes.tools.update(is_gone=True)

    owner_client.post(f"/tools/servers/{notes.pk}/tools", {"tool-notes_search": "free"})

    assert said()["notes_search"] == "ask"


@pytest.mark.parametrize("value", ["always", "", "FREE", "\0", "x" * 100_000])
def test_an_unknown_choice_is_answered_with_a_sentence_and_changes_nothing(
    owner_client: Client, notes: Server, value: str
) -> None:
    fields = {"tool-notes_search": value, "tool-notes_write": "off"}

    answer = owner_client.post(f"/tools/servers/{notes.pk}/tools", fields)

    assert answer.status_code == 422
    assert answer.text.count(SENTENCE) == 1
    assert '<option value="off" selected>' in answer.text
    assert set(said().values()) == {"ask"}


def test_the_refused_page_still_knows_what_it_had_shown(
    owner_client: Client, notes: Server
) -> None:
    fields = {"tool-notes_search": "nonsense", "initial-tool-notes_search": "free"}

    answer = owner_client.post(f"/tools/servers/{notes.pk}/tools", fields)

    assert '<input type="hidden" name="initial-tool-notes_search" value="free"' in answer.text
    assert '<input type="hidden" name="initial-tool-notes_write" value="ask"' in answer.text
