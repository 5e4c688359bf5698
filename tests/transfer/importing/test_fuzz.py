"""Exports that somebody damaged or made to harm: each is imported or explained, and nothing of
anybody else changes. `make fuzz` tries thousands (FUZZ_IMPORTS), `make test` a few."""

import base64
import json
import os
import random
import resource
import zipfile
from io import BytesIO
from typing import Any

import pytest

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Message
from chatapp.jobs.models import Job
from chatapp.transfer.importing import archive, step
from chatapp.transfer.importing.report import PROBLEMS, Report
from chatapp.transfer.importing.skipped import SKIPPED
from chatapp.transfer.models import Import
from tests.servers.exports import chatgpt, claude, zip_of
from tests.transfer.importing.kit import imported
from tests.transfer.importing.test_own import hostile, message

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = int(os.environ.get("FUZZ_IMPORTS", "60"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
AT_ONCE = 20  # mutated exports in one test
OWN = "6e2f4c0a-93a5-4d0f-8a55-0c3b1f2c7d41"
STRANGE: list[Any] = [
    *(None, True, -1, 1e308, 10**18, "", "\0", "\ud800", "../../etc/passwd", [], {}, [[]]),
    *("<script>alert(1)</script>", "javascript:alert(1)", "a" * 5_000, {"a": {"a": {}}}),
    *("00000000-0000-4000-8000-000000000000", "data:image/png;base64,AAAA", "2026-13-45"),
]


def samples() -> list[Any]:
    data = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
    parts = ["Hello", {"content_type": "image_asset_pointer", "asset_pointer": "sediment://f"}]
    call = {"type": "tool_use", "name": "look", "input": {"a": 1}}
    answer = {"uuid": "z", "sender": "assistant", "content": [call, {"type": "tool_result"}]}
    shown = {"on_branch": True}
    tool_calls = [
        {
            "id": OWN,
            "round": 0,
            "index": 0,
            "text_length": 1,
            "call_id": "1",
            "name": "look",
            "arguments": "{}",
            "state": "done",
            "images": [{"image": "0" * 64}],
        }
    ]
    messages = [
        message("a", None, "user", attachments=[{"link": "https://example.com/a"}], **shown),
        message("b", "a", "assistant", tool_calls=tool_calls, notices={"turns_excluded": 1}),
    ]
    document = {"uuid": "d", "filename": "a.md", "content": "# A"}
    project = {"uuid": "p", "prompt_template": "Be brief.", "docs": [document]}
    own = {"format": "chat-export", "version": 1}
    web = {
        "a": {"id": "a", "role": "user", "content": "Hi", "files": [{"type": "image", "url": data}]}
    }
    return [
        [chatgpt(parts=parts)],
        [*claude(1), {"uuid": "y", "chat_messages": [answer]}],
        [{"id": "w", "chat": {"history": {"currentId": "a", "messages": web}}}],
        hostile(messages=messages),
        [{**project, "name": "Herons", "description": "", "is_starter_project": False}],
        {**own, "projects": [{"id": OWN, "settings": {"model": ""}, "files": []}]},
    ]


def mutated(value: Any, dice: random.Random) -> Any:
    """Return a document with something replaced, dropped, doubled or renamed in it."""
    if isinstance(value, dict) and value and dice.random() < 0.93:
        key = dice.choice(list(value))
        other = dict(value)
        match dice.randrange(8):
            case 0:
                del other[key]
            case 1:
                other[dice.choice(list(value))] = other.pop(key)
            case _:
                other[key] = mutated(value[key], dice)
        return other
    if isinstance(value, list) and value and dice.random() < 0.93:
        place = dice.randrange(len(value))
        once = mutated(value[place], dice)
        again = [once] * dice.choice((0, 1, 1, 1, 1, 2))
        return [*value[:place], *again, *value[place + 1 :]]
    return dice.choice(STRANGE)


def damaged(document: Any, dice: random.Random) -> bytes:
    """Return a file of a document: whole or cut, as it is or in a zip, which may be broken."""
    content = json.dumps(document).encode()
    if dice.random() < 0.1:
        content = content[: dice.randrange(len(content))]
    if dice.random() < 0.4:
        name = dice.choice(
            ("conversations.json", "../conversations.json", "conversations-000.json")
        )
        content = zip_of({name: content, "f.dat": b"\x89PNG\r\n\x1a\n"})
        if dice.random() < 0.3:
            place = dice.randrange(2, len(content))
            content = content[:place] + dice.randbytes(1) + content[place + 1 :]
    return content or b" "


@pytest.mark.parametrize("part", range(-(-COUNT // AT_ONCE)))
def test_mutated_exports_are_imported_or_explained(
    owner: Person, member: Person, part: int
) -> None:
    imported(member, claude(1))
    before = list(Message.objects.filter(conversation__owner=member).values())
    for number in range(AT_ONCE):
        seed = SEED * 1_000_000 + part * AT_ONCE + number
        dice = random.Random(seed)
        document = dice.choice(samples())
        for _ in range(dice.randrange(1, 4)):
            document = mutated(document, dice)
        done = imported(owner, damaged(document, dice))

        assert not done.error, seed
        assert done.ended_at, seed
        report = Report(done.report)
        assert {kind for kind, _name in done.report.get("problems", [])} <= PROBLEMS.keys(), seed
        assert done.report.get("skipped", {}).keys() <= SKIPPED.keys(), seed
        is_explained = report.problem_lines or report.skipped_lines
        assert is_explained or not report.is_empty, seed
    assert list(Message.objects.filter(conversation__owner=member).values()) == before
    for conversation in Conversation.objects.of(owner):
        positions = [each.position for each in conversation.branch]
        assert positions == list(range(len(positions)))


def bomb() -> bytes:
    return zip_of({"conversations.json": b"[" + b" " * 30_000_000 + b"]"})


def lying() -> bytes:
    """Return a zip whose directory says that an entry is small."""
    made = bytearray(bomb())
    place = made.rfind(b"PK\1\2")
    made[place + 24 : place + 28] = (10).to_bytes(4, "little")
    return bytes(made)


def nested() -> bytes:
    return b'[{"mapping":' * 100_000


def paths() -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("../../../tmp/conversations.json", json.dumps([chatgpt()]))
        archive.writestr("/etc/passwd", b"root")
    return made.getvalue()


def cycle() -> bytes:
    chat = chatgpt()
    chat["mapping"]["a"]["parent"] = "b"
    return json.dumps([chat, chat]).encode()


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        (bomb(), {"bomb"}),
        (lying(), {"bomb", "broken_zip", "truncated"}),
        (nested(), {"truncated", "too_large"}),
        (paths(), set()),
        (cycle(), set()),
    ],
    ids=["bomb", "lying", "nested", "paths", "cycle"],
)
def test_attacks_end_with_a_report(owner: Person, content: bytes, kinds: set[str]) -> None:
    done = imported(owner, content)

    assert not done.error
    found = {kind for kind, _name in done.report.get("problems", [])}
    assert bool(found) == bool(kinds)
    assert found <= kinds
    step._readers.clear()


@pytest.mark.long
def test_a_message_of_200_mb_is_passed_over_in_bounded_memory(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_RATIO", 2_000)  # what repeats packs well
    chats = claude(3)
    chats[1]["chat_messages"][0]["text"] = "X"
    text = json.dumps(chats).encode().replace(b'"X"', b'"' + b"x" * 200_000_000 + b'"')
    packed = zip_of({"conversations.json": text, "a": b""})
    del text
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = imported(owner, packed)

    assert done.report["conversations"] == 2
    assert done.report["problems"] == [["too_large", "0.zip: conversations.json"]]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000  # kilobytes
    assert Job.objects.get().total == 3
    assert Import.objects.count() == 1
