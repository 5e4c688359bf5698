"""Answers of servers, as the model and the person get them."""

import json
from base64 import b64encode, urlsafe_b64encode
from typing import Any

import pytest

from chatapp.mcp.client.results import MAX_IMAGE_BYTES, make_output
from chatapp.tools.results import to_json
from chatapp.tools.tool import Output, ToolFailed
from tests.images.samples import corners, encoded

PNG = encoded(corners(), "PNG")


def answered(*blocks: Any, **more: Any) -> Output:
    return make_output({"content": list(blocks), **more}, "Site", "Used it")


def content(*blocks: Any, **more: Any) -> Any:
    """Return what the model gets, which is always JSON."""
    given = json.loads(to_json(answered(*blocks, **more).content))
    assert given["source"] == "Site"
    return given["untrusted_content"]


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def image(data: bytes) -> dict[str, Any]:
    return {"type": "image", "data": b64encode(data).decode(), "mimeType": "image/svg+xml"}


def test_texts_are_marked_as_untrusted() -> None:
    given = answered(text("It <script>rains</script>."))

    assert given.content == {"source": "Site", "untrusted_content": "It <script>rains</script>."}
    assert (given.summary, given.images) == ("Used it", ())
    assert content(text("One."), text("Two.")) == "One.\n\nTwo."


def test_an_empty_answer_is_named() -> None:
    assert content() == "(nothing)"
    assert make_output({}, "Site", "").content["untrusted_content"] == "(nothing)"


def test_structured_content_is_not_repeated() -> None:
    data = {"city": "Oslo", "degrees": 3.5}

    assert content(text(json.dumps(data, indent=2)), structuredContent=data) == {"data": data}
    assert content(text("Cold."), structuredContent=data) == {"text": "Cold.", "data": data}
    assert content(structuredContent=[]) == {"data": []}


def test_infinite_numbers_become_words() -> None:
    data = {"a": float("nan"), "b": float("inf")}

    assert content(structuredContent=data) == {"data": {"a": "NaN", "b": "Infinity"}}


def test_resources_and_links_are_passed_on() -> None:
    file = {"uri": "file:///a.txt", "mimeType": "text/plain", "text": "Hello", "_meta": {"a": 1}}
    link = {"type": "resource_link", "uri": "https://a.example/", "name": "A", "size": 3}

    assert content({"type": "resource", "resource": file}, link) == {
        "resources": [
            {"uri": "file:///a.txt", "mimeType": "text/plain", "text": "Hello"},
            {"uri": "https://a.example/", "name": "A"},
        ]
    }


def test_images_are_passed_on() -> None:
    given = answered(text("Here:"), image(PNG), image(encoded(corners(), "WEBP")))

    assert given.images[0] == PNG
    assert len(given.images) == 2


NO_IMAGES = {
    "a page": image(b"<svg onload='alert(1)'>"),
    "no base64": {"type": "image", "data": "§§§", "mimeType": "image/png"},
    "cut base64": {"type": "image", "data": b64encode(PNG).decode()[:41], "mimeType": "image/png"},
    "nothing": image(b""),
    "too much": image(PNG + b"\0" * MAX_IMAGE_BYTES),
    "sound": {"type": "audio", "data": "AAAA", "mimeType": "audio/wav"},
    "bytes": {"type": "resource", "resource": {"uri": "file:///a", "blob": "AAAA"}},
    "news": {"type": "hologram", "data": "AAAA"},
    "no data": {"type": "image", "data": 3},
}


@pytest.mark.parametrize("kind", NO_IMAGES)
def test_content_that_can_not_be_shown_is_named(kind: str) -> None:
    given = answered(NO_IMAGES[kind])

    assert given.images == ()
    assert len(given.content["excluded"]) == 1  # type: ignore[arg-type]
    assert "AAAA" not in to_json(given.content)


def test_base64_in_lines_is_read() -> None:
    lines = b64encode(PNG).decode().replace("A", "A\r\n")

    assert answered({"type": "image", "data": lines}).images == (PNG,)


ENCODED = b64encode(PNG).decode()
AS_IMAGES: dict[str, dict[str, Any]] = {
    "data url": {"type": "image", "data": f"data:image/png;base64,{ENCODED}"},
    "url-safe": {"type": "image", "data": urlsafe_b64encode(PNG).decode()},
    "without padding": {"type": "image", "data": ENCODED.rstrip("=")},
    "as Anthropic has it": {"type": "image", "source": {"type": "base64", "data": ENCODED}},
    "as OpenAI has it": {
        "type": "image_url",
        "image_url": {"url": f"data:image/png;base64,{ENCODED}"},
    },
    "as text": text(f"data:image/png;base64,{ENCODED}\n"),
    "a resource": {"type": "resource", "resource": {"uri": "a:b", "blob": ENCODED}},
}  # fmt: skip


@pytest.mark.parametrize("kind", AS_IMAGES)
def test_an_image_is_read_however_it_is_written(kind: str) -> None:
    given = answered(AS_IMAGES[kind])

    assert given.images == (PNG,)
    assert "excluded" not in given.content
    assert ENCODED[:40] not in to_json(given.content)


def file(content: bytes, kind: str = "") -> dict[str, Any]:
    about = {"uri": "file:///a", "mimeType": kind} if kind else {"uri": "file:///a"}
    return {"type": "resource", "resource": about | {"blob": b64encode(content).decode()}}


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (file(b"city;degrees\nOslo;3\n", "text/csv"), "city;degrees\nOslo;3\n"),
        (file("größe".encode(), "application/json"), "größe"),
        (file("größe".encode("utf-8-sig")), "größe"),
        (file("größe".encode("utf-16"), "text/plain"), "größe"),
        (file("größe".encode("cp1252"), "text/csv; charset=windows-1252"), "größe"),
        (file(b""), ""),
    ],
)
def test_a_file_of_text_reaches_the_model(block: dict[str, Any], words: str) -> None:
    (resource,) = content(block)["resources"]

    assert (resource["uri"], resource["text"]) == ("file:///a", words)


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (file(b"%PDF-1.7\n\xe2\xe3", "application/pdf"), "a file that can't be read here"),
        (file(b"RIFF\0\0\0\0WAVE", "audio/wav"), "a sound recording that can't be played here"),
        (file(b"\0\1", "text/plain"), "a file that can't be read here"),
    ],
)
def test_another_file_is_named(block: dict[str, Any], reason: str) -> None:
    given = answered(block)

    assert given.content["excluded"] == [reason]
    assert "file:///a" in to_json(given.content)


@pytest.mark.parametrize("blocks", ["It rains.", text("It rains.")])
def test_content_that_is_no_list_is_read(blocks: Any) -> None:
    given = make_output({"content": blocks}, "Site", "")

    assert given.content["untrusted_content"] == "It rains."


@pytest.mark.parametrize("blocks", [3, [3, None, "text"], [[]]])
def test_content_that_makes_no_sense_does_no_harm(blocks: Any) -> None:
    assert make_output({"content": blocks}, "Site", "").images == ()


def test_at_most_eight_images_are_passed_on() -> None:
    given = answered(*[image(PNG)] * 11)

    assert len(given.images) == 8
    assert given.content["excluded"] == ["an image more than can be shown"] * 3


def test_a_failure_has_the_message_of_the_server() -> None:
    with pytest.raises(ToolFailed) as failed:
        answered(text("No such city."), text("Try another."), isError=True)

    assert failed.value.sentence == "Site reports that this failed: No such city.\nTry another."


def test_a_failure_without_a_message_is_explained() -> None:
    with pytest.raises(ToolFailed, match="no reason given"):
        answered(image(PNG), isError=True)
