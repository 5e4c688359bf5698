"""The journey of one message inside one process: POST, task, model over HTTP, socket, database."""

from typing import Any

import pytest

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Message
from tests.support.replies import ended
from tests.support.tab import Tab

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo")]


def shown_after(patches: list[dict[str, Any]]) -> str:
    """Return the page after every patch, with kept lengths in UTF-16 code units."""
    blocks: list[str] = []
    for patch in patches:
        for index, kept, html in patch["blocks"]:
            old = blocks[index] if index < len(blocks) else ""
            block = old.encode("utf-16-le")[: kept * 2].decode("utf-16-le") + html
            blocks[index : index + 1] = [block]
    return "".join(blocks)


@pytest.fixture
async def tab(owner: Person) -> Tab:
    return await Tab.of(owner)


async def test_a_message_is_answered_live_and_stored(tab: Tab, owner: Person) -> None:
    async with tab.listening() as live:
        response = await tab.send("/echo Grüße 🦩 **bold** text")
        assert response.status_code == 201
        assert response.json()["conversation"]["url"] == f"/c/{tab.conversation}/"
        events = await live.until("message.finished")

    kinds = [event["type"] for event in events]
    assert kinds[:3] == ["message.created", "message.created", "conversation.changed"]
    patches = [event for event in events if event["type"] == "reply.patch"]
    assert [patch["sequence"] for patch in patches] == list(range(1, len(patches) + 1))
    assert "Grüße 🦩 <strong>bold</strong> text" in shown_after(patches)
    reply = await Message.objects.aget(pk=events[-1]["message"])
    assert (reply.status, reply.text) == ("complete", "Grüße 🦩 **bold** text")
    assert "<strong>bold</strong>" in reply.html
    assert reply.completion_tokens
    assert reply.first_token_at
    assert reply.attempt == 1


async def test_a_title_follows_the_first_exchange(tab: Tab, owner: Person) -> None:
    async with tab.listening() as live:
        await tab.send("Why do herons stand on one leg in cold water?")
        await live.until("message.finished")
        changed = (await live.until("conversation.changed"))[-1]

    assert not changed["moved"]
    saved = await Conversation.objects.aget(pk=tab.conversation)
    assert saved.titled_by == "model"
    assert changed["title"] == saved.title


async def test_stop_keeps_what_was_published(tab: Tab) -> None:
    async with tab.listening() as live:
        await tab.send("/rate 200 /long 5000")
        created = (await live.until("conversation.changed"))[:2]
        await live.until("reply.patch")
        reply = created[1]["message"]
        response = await tab.post(f"replies/{reply}/stop")
        assert response.status_code == 204
        finished = (await live.until("message.finished"))[-1]

    saved = await Message.objects.aget(pk=reply)
    assert saved.status == "stopped"
    assert saved.text
    assert 'data-status="stopped"' in finished["html"]


async def test_a_failure_is_shown_in_the_reply_and_can_be_retried(tab: Tab) -> None:
    async with tab.listening() as live:
        await tab.send("/error 500")
        failed = (await live.until("message.finished"))[-1]
        assert 'data-part="error"' in failed["html"]
        old = failed["message"]
        response = await tab.post(f"replies/{old}/retry")
        assert response.status_code == 201
        assert response.json()["replaces"] == old
        created = (await live.until("message.created"))[-1]
        assert created["replaces"] == old
        await live.until("message.finished")

    branch = [message.pk async for message in (await Conversation.objects.aget()).branch]
    assert str(branch[1]) == created["message"]
    assert len(branch) == 2


@pytest.mark.parametrize("fault", ["/cut 5", "/garbage"])
async def test_streamed_text_is_kept_when_the_service_fails(tab: Tab, fault: str) -> None:
    async with tab.listening() as live:
        await tab.send(f"{fault} /times 3 /rate 100")
        finished = (await live.until("message.finished"))[-1]

    reply = await Message.objects.aget(pk=finished["message"])
    assert reply.status == "failed"
    assert reply.text
    assert reply.error


async def test_the_state_of_a_running_reply_has_text_and_position(tab: Tab) -> None:
    async with tab.listening() as live:
        await tab.send("/rate 100 /long 5000")
        patch = (await live.until("reply.patch"))[-1]
        url = f"replies/{patch['reply']}"
        state = (await tab.get(f"{url}/state")).json()
        assert state["running"]
        assert state["sequence"] >= patch["sequence"]
        assert state["text"]
        assert state["html"].count('class="block"') >= 1
        await tab.post(f"{url}/stop")
        await live.until("message.finished")

    state = (await tab.get(f"{url}/state")).json()
    assert not state["running"]
    assert state["status"] == "stopped"


async def test_other_people_get_no_events(tab: Tab, member: Person) -> None:
    other = await Tab.of(member)
    async with tab.listening() as live, other.listening() as elsewhere:
        await tab.send("/echo quiet")
        await live.until("message.finished")
        assert await elsewhere.is_silent()


async def test_a_send_while_a_reply_runs_is_refused_with_a_sentence(tab: Tab) -> None:
    async with tab.listening() as live:
        await tab.send("/rate 100 /long 5000")
        reply = (await live.until("reply.patch"))[-1]["reply"]
        response = await tab.send("Another")
        assert response.status_code == 409
        assert "still running" in response.json()["error"]
        await tab.post(f"replies/{reply}/stop")
        await live.until("message.finished")


async def test_deleting_a_conversation_ends_its_reply(tab: Tab) -> None:
    async with tab.listening() as live:
        await tab.send("/rate 100 /long 5000")
        reply = (await live.until("reply.patch"))[-1]["reply"]
        response = await tab.post("deletion")
        assert response.status_code == 204
        await live.until("conversation.deleted")
    await ended([f"reply:{reply}:0"])

    stopped = await Message.objects.aget(pk=reply)
    assert stopped.status == "stopped"
    assert stopped.text  # what was shown comes back with the conversation
