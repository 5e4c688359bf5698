"""The demo model asks for tools in plain words, and tells in plain words what came of them."""

import json

import pytest

from chatapp.inference.demo.messages import attached_images, document_names
from chatapp.inference.demo.tool_use import calls_for, describe_result

ASKED = {
    "What's the weather like in Portland, Oregon right now?": (
        "current_weather",
        {"place": "Portland, Oregon"},
    ),
    "Please read https://example.com/herons for me": (
        "read_web_page",
        {"url": "https://example.com/herons"},
    ),
    "Calculate 12 * 7": ("calculate", {"expression": "12 * 7"}),
    "What does page 17 say?": ("read_pages", {"pages": "17"}),
    "Compare pages 3-5, 9 please": ("read_pages", {"pages": "3-5, 9"}),
    "Find the heron in the document": ("search_document", {"query": "the heron"}),
    "What time is it?": ("current_date_and_time", {}),
}


@pytest.mark.parametrize("words", ASKED)
def test_questions_that_need_a_tool(words: str) -> None:
    [(name, arguments)] = calls_for(words)

    assert (name, json.loads(arguments)) == ASKED[words]


@pytest.mark.parametrize(
    ("words", "document"),
    [
        ("What does page 17 say?", "book.pdf"),
        ("What does page 17 of Notes.txt say?", "notes.txt"),
        ("Find the heron in the document", "book.pdf"),
    ],
)
def test_one_of_several_documents_is_read(words: str, document: str) -> None:
    [(_, arguments)] = calls_for(words, ["book.pdf", "notes.txt"])

    assert json.loads(arguments)["document"] == document


def test_the_documents_of_the_newest_message_come_first() -> None:
    texts = [
        '<document name="old.pdf" pages="1" of="1">\nWords',
        '<document name="new.pdf" s="" of="2">',
    ]
    messages = [{"role": "user", "content": text} for text in texts]

    assert document_names(messages) == ["new.pdf", "old.pdf"]


def test_images_of_a_project_are_not_attached() -> None:
    urls = ["data:project", "data:attached"]
    images = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    text = {"type": "text", "text": "[The image “a.png” of the project:]\n\nHello"}

    assert attached_images({"role": "user", "content": [*images, text]}) == ["data:attached"]
    assert attached_images({"role": "user", "content": "Hello"}) == []


@pytest.mark.parametrize("words", ["Hello", "I like the weather", "Have you read Moby-Dick?"])
def test_questions_that_need_no_tool(words: str) -> None:
    assert calls_for(words) == ()


def test_the_weather_in_a_sentence() -> None:
    weather = {"place": "Portland, Oregon", "temperature": "7.3 °C", "conditions": "slight rain"}

    assert describe_result(json.dumps({"source": "x", "untrusted_content": weather})) == (
        "In Portland, Oregon, it is 7.3 °C, slight rain."
    )


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ('{"error": "It is down."}', "The tool call failed: It is down."),
        ('{"came": 1}', 'The tool returned:\n\n```\n{"came": 1}\n```'),
        ("[" * 2_000, "…\n```"),
        ('{"untrusted_content": {"pages": [{"page": 7, "text": "Words"}]}}', "This is p. 7:"),
        ('{"untrusted_content": {"title": "T", "text": "Words"}}', "**T** begins like this"),
    ],
)
def test_other_results(result: str, words: str) -> None:
    assert words in describe_result(result)
