"""Archives that anybody may have made."""

import contextlib
import io
import json
import random
import zipfile
import zlib

import pytest

from chatapp.transfer.importing import archive
from chatapp.transfer.importing.archive import Archive, ArchiveRefused


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return file.getvalue()


def opened(content: bytes) -> Archive:
    return Archive(io.BytesIO(content))


def content_of(found: Archive, number: int = 0) -> bytes:
    with found.open(found.entries[number]) as stream:
        return stream.read()


def test_a_json_file_is_an_archive_of_one() -> None:
    found = opened(b"[1]")

    assert [entry.name for entry in found.shards] == ["conversations.json"]
    assert content_of(found) == b"[1]"


def test_shards_come_in_their_order_and_other_files_stay_away() -> None:
    names = ["conversations-10.json", "user.json", "x/conversations-9.json", "conversations.json"]

    found = opened(zipped(dict.fromkeys(names, b"[]")))

    assert [entry.short_name for entry in found.shards] == [
        "conversations-9.json",
        "conversations-10.json",
        "conversations.json",
    ]


def test_without_the_usual_names_every_json_file_may_hold_conversations() -> None:
    found = opened(zipped({"chat-export-17.json": b"[]", "a.png": b""}))

    assert [entry.name for entry in found.shards] == ["chat-export-17.json"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:\\a\\b.json", "a\0b.json"])
def test_a_name_that_looks_like_a_path_is_only_a_name(name: str) -> None:
    [entry] = opened(zipped({name: b"1"})).entries

    assert "/" not in entry.short_name
    assert "\\" not in entry.short_name


def test_a_bomb_is_refused_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FREE_BYTES", 1_000_000)
    found = opened(zipped({"conversations.json": b"[" + b" " * 20_000_000}))

    with pytest.raises(ArchiveRefused, match="bomb"):
        content_of(found)


def test_all_entries_together_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 1_500)
    found = opened(zipped({"a.json": b"x" * 1_000, "b.json": b"x" * 1_000}, zipfile.ZIP_STORED))

    content_of(found, 0)
    with pytest.raises(ArchiveRefused, match="too_large"):
        content_of(found, 1)


def test_a_list_of_too_many_entries_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    content = zipped({f"{number}.json": b"" for number in range(200)})
    monkeypatch.setattr(archive, "MAX_DIRECTORY_BYTES", 5_000)

    with pytest.raises(ArchiveRefused, match="too_many_entries"):
        opened(content)


def test_an_encrypted_entry_is_named() -> None:
    content = bytearray(zipped({"a.json": b"[]"}, zipfile.ZIP_STORED))
    for signature, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(signature) + place] |= 1

    found = opened(bytes(content))

    with pytest.raises(ArchiveRefused, match="encrypted"):
        content_of(found)


@pytest.mark.parametrize("length", [2, 10, 100, 180])
def test_a_truncated_zip_is_refused(length: int) -> None:
    content = zipped({"conversations.json": json.dumps(list(range(1_000))).encode()})

    with pytest.raises(ArchiveRefused, match="broken_zip"):
        opened(content[:length])


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_zip_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(zipped({"a.json": b"[1, 2]" * 50, "b.json": zlib.compress(b"x")}))
    for _ in range(chance.randint(1, 8)):
        content[chance.randrange(len(content))] = chance.randrange(256)

    with contextlib.suppress(ArchiveRefused):
        found = opened(bytes(content))
        for number in range(len(found.entries)):
            content_of(found, number)
