"""Our own export, imported: nothing is lost, and nobody else's rows are touched."""

import io
import json
import uuid
from typing import Any

import pytest
from django.test import Client
from PIL import Image as Pillow

from chatapp.accounts.models import Person, PersonalInstructions
from chatapp.conversations.models import (
    Attachment,
    Conversation,
    Defaults,
    Draft,
    Message,
    ModelSettings,
    ToolCall,
)
from chatapp.images.models import Image
from chatapp.images.processing import prepare
from chatapp.jobs.models import Job
from chatapp.transfer.models import Import
from tests.transfer.importing.kit import imported
from tests.transfer.kit import body, content, made_export, opened, read_json, rich_conversation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_reply")]


@pytest.fixture(autouse=True)
def real_images(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the rich conversation show two images that can be opened."""
    monkeypatch.setattr("tests.transfer.kit.image", stored_image)


def stored_image(owner: Person, content: bytes = b"", name: str = "a.png") -> Image:
    file = io.BytesIO()
    Pillow.new("RGBA", (2 + len(content) % 7, 3), (0, len(content), 255, 99)).save(file, "PNG")
    image = Image.objects.store(owner, prepare(file.getvalue(), name))
    image.describe(f"An image of {len(content)}")
    return image


def records(owner: Person) -> dict[str, Any]:
    """Return everything that an export has, without its time."""
    archive = opened(made_export(owner))
    names = [name for name in archive.namelist() if name.endswith(".json")]
    found = {name: read_json(archive, name) for name in names}
    for each in found.values():
        del each["exported_at"]
    found["images.json"]["images"].sort(key=lambda image: image["sha256"])
    files = {name: archive.read(name) for name in archive.namelist() if "images/" in name}
    return found | files


def first_of(conversation: Conversation) -> Message:
    found: Message = conversation.branch.get(position=0)
    return found


def remove_everything() -> None:
    Job.objects.all().delete()
    Draft.objects.all().delete()
    Conversation.objects.all().delete()
    Import.objects.all().delete()
    Attachment.objects.all().delete()
    Image.objects.all().delete()
    Defaults.objects.all().delete()
    PersonalInstructions.objects.all().delete()
    Person.objects.update(name="", chosen_time_zone="")


def test_an_export_that_is_imported_elsewhere_is_the_same(owner: Person) -> None:
    conversation = rich_conversation(owner)
    branch = rich_conversation(owner, "Another")
    branch.branched_from = first_of(conversation).pk
    branch.temperature, branch.tool_choices = 0.5, {"fetch_page": False}
    branch.save()
    Defaults.objects.store(owner, ModelSettings("claude-sonnet-4-6", instructions="Be brief."))
    Draft.objects.create(person=owner, conversation=branch, text="Half a thought")
    introduce(owner)
    Conversation.objects.filter(pk=branch.pk).update(personal_instructions="A crane.")
    before = records(owner)
    exported = content(made_export(owner))
    remove_everything()

    report = imported(owner, exported).report
    assert (report["conversations"], report["messages"]) == (2, 8)
    assert (report["images"], report["settings"]) == (2, 5)
    owner.refresh_from_db()
    after = records(owner)
    assert after.keys() == before.keys()
    for name, content_before in before.items():
        assert after[name] == content_before, name


def introduce(person: Person, name: str = "Ada", zone: str = "Asia/Tokyo") -> None:
    """Write down what a person says about themselves."""
    person.name, person.chosen_time_zone = name, zone
    person.save()
    PersonalInstructions.objects.create(person=person, about=f"I am {name}.")


def test_what_a_person_says_about_themselves_stays_where_it_is_there(
    owner: Person, member: Person
) -> None:
    introduce(owner)
    exported = content(made_export(owner))
    introduce(member, "Grace", "Europe/Berlin")

    report = imported(member, exported).report

    member.refresh_from_db()
    assert report["skipped"]["settings"] == 3
    assert (member.name, member.chosen_time_zone) == ("Grace", "Europe/Berlin")
    assert PersonalInstructions.objects.of(member).about == "I am Grace."


def test_a_time_zone_that_does_not_exist_is_left_out(owner: Person, member: Person) -> None:
    introduce(owner, zone="../../etc/passwd")

    imported(member, content(made_export(owner)))

    member.refresh_from_db()
    assert (member.name, member.chosen_time_zone) == ("Ada", "")


def test_importing_it_again_changes_nothing(owner: Person) -> None:
    rich_conversation(owner)
    before = records(owner)

    report = imported(owner, content(made_export(owner))).report
    assert report["known"] == 1
    assert "conversations" not in report
    assert records(owner) == before


def test_another_person_gets_copies_and_touches_nothing(owner: Person, member: Person) -> None:
    conversation = rich_conversation(owner)
    before = records(owner)
    exported = content(made_export(owner))

    for messages in (4, 0):
        assert imported(member, exported).report["messages"] == messages
    [copy] = Conversation.objects.of(member)
    assert copy.pk != conversation.pk
    assert [each.text for each in copy.branch] == [each.text for each in conversation.branch]
    assert {each.author_id for each in copy.messages.all()} <= {member.pk, None}
    shown = Attachment.objects.filter(message__conversation=copy, link="")
    assert [each.image and each.image.owner_id for each in shown] == [member.pk]
    assert ToolCall.objects.filter(reply__conversation=copy).count() == 1
    assert records(owner) == before


def test_one_chat_as_json_brings_its_images(owner: Person, owner_client: Client) -> None:
    conversation = rich_conversation(owner)
    file = body(owner_client, f"/c/{conversation.pk}/json")
    before = records(owner)
    remove_everything()

    done = imported(owner, file)
    assert (done.report["conversations"], done.report["images"]) == (1, 2)
    assert records(owner) == before


def hostile(**fields: Any) -> dict[str, Any]:
    message = {"id": str(uuid.uuid4()), "role": "user", "status": "complete", "text": "Hello"}
    conversation = {
        "id": str(uuid.uuid4()),
        "settings": {"model": "none"},
        "messages": [message],
        **fields,
    }
    return {"format": "chat-export", "version": 1, "conversations": [conversation]}


def message(id_: str, parent: str | None, role: str, **fields: Any) -> dict[str, Any]:
    key = str(uuid.uuid5(uuid.NAMESPACE_URL, id_))
    above = parent and str(uuid.uuid5(uuid.NAMESPACE_URL, parent))
    return {"id": key, "parent": above, "role": role, "status": "complete", "text": id_, **fields}


def test_approvals_do_not_come_from_a_file(owner: Person) -> None:
    done = imported(owner, hostile(allowed_tools=["run_code"]))

    assert Conversation.objects.get().allowed_tools == []
    assert done.report["skipped"] == {"tools": 1}


def test_a_tree_that_makes_no_sense_shows_one_branch(owner: Person) -> None:
    on = {"on_branch": True}
    messages = [
        message("a", None, "user", **on),
        message("a2", None, "user", **on),  # two are shown at one place
        message("b", "a", "assistant"),  # nobody is shown behind the first
        message("c", "b", "assistant", **on),  # a reply to a reply
        message("d", "gone", "user", **on),
        message("e", "e", "user", **on),
        message("b", "a2", "assistant", **on),  # twice
    ]
    imported(owner, hostile(messages=messages))

    [conversation] = Conversation.objects.of(owner)
    assert [each.text for each in conversation.branch] == ["a", "b"]
    assert sorted(each.text for each in conversation.messages.all()) == ["a", "a2", "b"]


@pytest.mark.parametrize(
    "fields",
    [
        {"notices": {"images_refused": 1}},
        {"notices": {"turns_excluded": "many"}},
        {"notices": {"anything": {}}},
        {"changes": {"model": []}},
        {"created_at": "yesterday"},
        {"status": "streaming"},
        {"usage": {"prompt_tokens": -1}},
        {"tool_calls": [{"id": "1"}]},
    ],
)
def test_values_that_the_pages_cannot_show_are_refused(owner: Person, fields: Any) -> None:
    done = imported(owner, hostile(messages=[message("a", None, "user", **fields)]))

    assert not Message.objects.exists()
    assert done.report["problems"] == [["broken_conversation", "0.json"]]


def test_ids_of_other_people_are_never_touched(owner: Person, member: Person) -> None:
    conversation = rich_conversation(owner)
    before = records(owner)
    first = first_of(conversation)
    call = ToolCall.objects.get()
    reply = {"role": "assistant", "status": "complete", "text": "Mine", "on_branch": True}
    stolen = hostile(
        id=str(conversation.pk),
        messages=[
            {"id": str(first.pk), "role": "user", "status": "complete", "text": "Mine"},
            reply | {"id": str(call.reply_id), "parent": str(first.pk)},
        ],
    )
    stolen["conversations"][0]["messages"][1]["tool_calls"] = [
        {
            "id": str(call.pk),
            "round": 0,
            "index": 0,
            "text_length": 0,
            "call_id": "1",
            "name": "look",
            "arguments": "{}",
            "state": "done",
            "images": [{"image": each.sha256} for each in Image.objects.all()],
        }
    ]
    imported(member, json.dumps(stolen).encode())

    assert records(owner) == before
    [mine] = Conversation.objects.of(member)
    assert [each.text for each in mine.branch] == ["Mine", "Mine"]
    assert not Image.objects.filter(owner=member).exists()


def test_a_message_that_several_chats_have_comes_into_each(owner: Person) -> None:
    messages = [
        message("a", None, "user", on_branch=True),
        message("b", "a", "assistant", on_branch=True),
    ]
    files = [hostile(messages=messages) for _ in range(4)]
    for _ in range(2):
        for file in files:
            imported(owner, file)

    assert Conversation.objects.of(owner).count() == 4
    for conversation in Conversation.objects.of(owner):
        assert [each.text for each in conversation.branch] == ["a", "b"]
        assert conversation.messages.count() == 2
