"""How a reply looks while the model thinks, when the service fails, or when it ends too early."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.system.conftest import Chat


def thinking(chat: Chat) -> Locator:
    return chat.replies.last.locator("[data-part=thinking]")


def notice(chat: Chat) -> Locator:
    return chat.replies.last.locator("[data-part=notice]")


def choose_thinking(chat: Chat, effort: str) -> None:
    chat.page.get_by_role("combobox", name="Thinking").select_option(effort)


def test_thinking_is_one_line_with_a_timer_that_opens(chat: Chat) -> None:
    choose_thinking(chat, "low")
    chat.send("/think 4 How do herons sleep?")

    line = thinking(chat).locator("summary")
    expect(line).to_have_text(re.compile(r"Thinking… 2\s?s"))
    reasoning = thinking(chat).locator("[data-reasoning]")
    expect(reasoning).to_be_hidden()
    line.click()
    expect(reasoning).to_be_visible()
    so_far = reasoning.inner_text()
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=20_000)
    expect(line).to_have_text(re.compile(r"Thought for [3-6] s"))
    assert reasoning.inner_text().startswith(so_far)  # it stayed open

    chat.page.reload()
    expect(thinking(chat).locator("summary")).to_have_text(re.compile(r"Thought for [3-6] s"))
    expect(thinking(chat).locator("[data-reasoning]")).to_be_hidden()


@pytest.mark.long
def test_a_page_that_reconnects_during_thinking_catches_up(chat: Chat) -> None:
    choose_thinking(chat, "low")
    chat.send("/think 5 How do herons sleep?")
    expect(thinking(chat)).to_be_visible()

    chat.page.reload()

    expect(thinking(chat).locator("summary")).to_have_text(re.compile(r"Thinking… [1-4]\s?s"))
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=20_000)
    before = thinking(chat).locator("[data-reasoning]").text_content()
    chat.page.reload()
    assert thinking(chat).locator("[data-reasoning]").text_content() == before


@pytest.mark.long
def test_a_model_that_refuses_thinking_answers_without_it_and_shows_that(chat: Chat) -> None:
    choose_thinking(chat, "high")
    chat.send("/nothinking Four?")

    expect(chat.replies).to_have_attribute("data-status", "complete")
    expect(notice(chat)).to_contain_text("accept thinking")
    expect(thinking(chat)).to_have_count(0)


@pytest.mark.long
def test_a_reply_counts_down_while_the_service_is_away(chat: Chat) -> None:
    chat.send("/flaky 503 1 Hello there")

    expect(chat.replies).to_have_attribute("data-status", "queued")
    expect(notice(chat)).to_have_text(
        re.compile(r"Waiting for the service, trying again in \d\s?s")
    )
    expect(chat.stop_button).to_be_visible()
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=20_000)
    expect(notice(chat)).to_have_count(0)


def test_a_long_reply_continues_in_the_same_message(chat: Chat) -> None:
    chat.send("/length /long 80")
    expect(chat.replies).to_have_attribute("data-status", "complete")
    text = chat.replies.locator("[data-part=text]")
    half = text.inner_text()

    chat.replies.get_by_role("button", name="Continue").click()

    expect(chat.replies.get_by_role("button", name="Continue")).to_have_count(0)
    expect(chat.replies).to_have_attribute("data-status", "complete")
    expect(chat.replies).to_have_count(1)
    whole = text.inner_text()
    assert whole.startswith(half.rstrip("."))
    numbers = [int(word) for word in re.findall(r"Sentence (\d+)", whole)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_an_interrupted_reply_keeps_its_text_and_can_continue(chat: Chat) -> None:
    chat.send("/cut 20 /times 3 A reply that is cut in the middle")

    expect(chat.replies).to_have_attribute("data-status", "failed")
    problem = chat.replies.locator("[data-part=error]")
    expect(problem).to_contain_text("interrupted")
    assert chat.replies.locator("[data-part=text]").inner_text()
    expect(problem.get_by_role("button", name="Retry")).to_be_visible()
    problem.get_by_role("button", name="Continue").click()
    expect(problem).to_have_count(0)
    expect(chat.replies).to_have_attribute("data-status", "complete")


@pytest.mark.long
def test_refused_words_are_split_and_the_reply_reports_that(
    chat: Chat,
) -> None:
    chat.ask("/firewall What does <a onclick=x> href=javascript:alert(1) mean in ../page?")

    expect(notice(chat)).to_contain_text("refused some words")


@pytest.mark.long
def test_a_message_that_is_always_refused_can_be_excluded(chat: Chat) -> None:
    chat.send("/error html")
    problem = chat.replies.locator("[data-part=error]")
    expect(problem).to_contain_text("content filter")

    problem.get_by_role("button", name="Leave this message out").click()

    expect(notice(chat)).to_contain_text("doesn't read this message")
    expect(chat.messages).to_have_class(re.compile("excluded"))
    chat.ask("/echo fine now")
    chat.replies.first.get_by_role("button", name="Include it again").click()
    expect(chat.messages.first).not_to_have_class(re.compile("excluded"))


@pytest.mark.long
def test_a_conversation_that_is_too_long_reports_the_excluded_turns(chat: Chat) -> None:
    for number in range(3):
        chat.ask(f"/echo {'word ' * 300}{number}")

    chat.ask("/window 900 And now?")

    expect(notice(chat)).to_contain_text("oldest turn")


@pytest.mark.long
def test_an_image_that_the_model_refuses_is_excluded_and_named(chat: Chat, tmp_path: Path) -> None:
    for name, size in (("good.png", (40, 40)), ("unlucky.png", (13, 13))):
        Image.new("RGB", size, "teal").save(tmp_path / name)
    files = [tmp_path / "good.png", tmp_path / "unlucky.png"]
    chat.page.locator("input[type=file][name=images]").set_input_files(files)
    expect(chat.page.locator("message-composer [data-state=ready]")).to_have_count(2)

    answer = chat.ask("What do these show?")

    expect(notice(chat)).to_contain_text("“unlucky.png”")
    expect(notice(chat)).to_contain_text("failed to fetch image")
    assert answer.count("pixels. Main colours") == 1
    later = chat.ask("/echo The conversation goes on")
    assert later == "The conversation goes on"
    expect(notice(chat)).to_have_count(0)


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("/error 401", "doesn't accept the key"),
        pytest.param("/error 400", "refused this request", marks=pytest.mark.long),
        pytest.param("/error 403", "has no access to this model", marks=pytest.mark.long),
        pytest.param("/error 404", "There is no model at this address", marks=pytest.mark.long),
        pytest.param("/error 422", "refused this request", marks=pytest.mark.long),
    ],
)
def test_every_failure_has_its_own_sentence(chat: Chat, command: str, sentence: str) -> None:
    chat.send(command)

    expect(chat.replies).to_have_attribute("data-status", "failed")
    problem = chat.replies.locator("[data-part=error]")
    expect(problem).to_contain_text(sentence)
    expect(problem.get_by_role("button", name="Retry")).to_be_visible()
    expect(problem.get_by_role("button", name="Continue")).to_have_count(0)
