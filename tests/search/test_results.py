"""What is found, in which order, and what isn't."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Message, add_exchange, version_deletion
from chatapp.search import results, writing
from chatapp.search.engines import engine
from chatapp.search.entries import title_entry
from chatapp.search.results import PER_PAGE
from chatapp.server.valid_text import make_valid
from tests.search.helpers import STRANGE, find, marked, said, texts, titles
from tests.support.replies import complete, new_message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("holiday", True),
        ("HOLI", True),  # while it is typed
        ("holi naples", False),  # only the last word may go on
        ("naples holi", True),
        ("cafe", True),
        ("café", True),
        ('"small café"', True),
        ('"café small"', False),
        ("holiday -naples", False),
        ("holiday -rome", True),
        ('holiday -"small café"', False),
        ('holiday -"café small"', True),
        ("-rome", True),
        ("user_na", True),
        ("getUserName", True),
        ("UserName", True),
        ("user name", True),
        ("os.environ", True),
        ("environ.get()", True),
        ("c++", True),
        ("c#", False),
        ("E0425", True),
        ("消耗", True),
        ("耗消", False),
        ("Token消耗", True),
        ("耗", True),
        ("สวัสดี", True),
        ("has:code", True),
        ("has:image", False),
        ("-has:code holiday", False),
        ("absent", False),
    ],
)
def test_a_message_is_found_by(owner: Person, query: str, is_found: bool) -> None:
    text = (
        "A holiday in Naples: a small café. `getUserName`, user_name, os.environ.get() in C++, "
        "error[E0425]; 减少Token消耗; สวัสดีครับ\n```\ncode\n```"
    )
    said(owner, text)

    assert (text in texts(owner, query)) is is_found


def test_the_newest_messages_come_first_and_titles_on_top(owner: Person) -> None:
    for number in range(3):
        said(owner, f"ferry {number}", "a ferry leaves")

    found = find(owner, "ferry")

    assert [each.message.text for each in found.messages if each.message][:2] == [
        "a ferry leaves",
        "ferry 2",
    ]
    assert [each.conversation.title for each in found.titles] == ["ferry 2", "ferry 1", "ferry 0"]
    assert found.sentence == "9 results"
    assert marked(found.titles[0].title) == ["ferry"]


def test_older_results_are_on_the_next_page(owner: Person) -> None:
    added = said(owner, "lighthouse 0")
    for number in range(1, 30):
        said(owner, f"lighthouse {number}", conversation=added.conversation.pk)

    first = find(owner, "lighthouse")
    second = find(owner, "lighthouse", first.older)

    shown = [each.message.text for each in [*first.messages, *second.messages] if each.message]
    assert len(first.messages) == PER_PAGE
    assert shown == [f"lighthouse {number}" for number in reversed(range(30))]
    assert (second.older, second.titles) == (None, [])


def test_reading_that_takes_long_goes_on_with_the_next_page(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = said(owner, "light house")
    said(owner, "light house", conversation=added.conversation.pk)
    limited = engine().limited
    monkeypatch.setattr(results, "SECONDS", 0)
    monkeypatch.setattr(engine(), "limited", lambda _seconds: limited(60))  # for statements

    found = find(owner, '"light house"')

    assert (len(found.messages), found.has_more) == (1, True)
    assert len(find(owner, '"light house"', found.older).messages) == 1


def test_many_chats_can_be_named(owner: Person) -> None:
    """SQLite refuses an expression with a thousand alternatives."""
    said(owner, "ferry")
    names = [f"harbour {letter}" for letter in "abcdefghijklmnopqrstu"]
    Conversation.objects.bulk_create(
        Conversation(owner=owner, title=name) for name in names for _number in range(50)
    )
    writing.add([title_entry(chat) for chat in Conversation.objects.all()])
    named = " ".join(f'in:"{name}"' for name in names)

    assert find(owner, f"{named} fer").sentence == "Nothing found. Try fewer or other words."


def test_a_message_on_a_hidden_branch_is_found(owner: Person) -> None:
    added = said(owner, "first spelling")
    new = new_message("second wording", conversation=added.conversation.pk)
    edited = add_exchange(owner, replace(new, replaces=added.message.pk))
    complete(edited.reply)

    assert texts(owner, "spelling") == ["first spelling"]
    assert texts(owner, "wording") == ["second wording"]


def test_a_reply_that_ends_in_a_deleted_version_is_not_found(owner: Person) -> None:
    added = said(owner, "first spelling")
    new = new_message("second wording", conversation=added.conversation.pk)
    edited = add_exchange(owner, replace(new, replaces=added.message.pk))
    version_deletion.delete(edited.message, edited.reply.pk)
    Message.objects.filter(pk=edited.reply.pk).update(text="half a walrus")

    edited.reply.close("stopped")

    assert texts(owner, "walrus") == []
    assert texts(owner, "wording") == []


def test_a_reply_is_found_once_it_has_ended(owner: Person) -> None:
    added = add_exchange(owner, new_message("Tell me"))
    Message.objects.filter(pk=added.reply.pk).update(text="half a walrus")

    assert texts(owner, "walrus") == []
    complete(added.reply, "a whole walrus")
    assert texts(owner, "walrus") == ["a whole walrus"]


def test_a_title_is_found_as_it_is_now(owner: Person) -> None:
    added = said(owner, "Hello")
    added.conversation.suggest_title("Greeting a walrus")
    assert titles(owner, "walrus") == ["Greeting a walrus"]

    added.conversation.rename("Greeting a seal")

    assert titles(owner, "walrus") == []
    assert titles(owner, "seal") == ["Greeting a seal"]


def test_filters_narrow_the_search(owner: Person) -> None:
    holiday, work = said(owner, "ferry to Naples"), said(owner, "ferry to the office")
    Conversation.objects.get(pk=work.conversation.pk).rename("Office things")

    assert texts(owner, "ferry in:office") == ["ferry to the office"]
    assert texts(owner, f"ferry in:{holiday.conversation.pk}") == ["ferry to Naples"]
    assert texts(owner, 'ferry in:"things off"') == ["ferry to the office"]
    assert find(owner, "ferry in:nowhere").problems
    assert len(texts(owner, "model:sonnet")) == 2
    assert len(texts(owner, 'model:"Sonnet 4.6"')) == 2
    assert texts(owner, "model:haiku") == []


def test_dates_are_limits(owner: Person) -> None:
    said(owner, "ferry")
    today = timezone.now().date()

    assert texts(owner, f"ferry after:{today}") == ["ferry"]
    assert texts(owner, f"ferry before:{today}") == []
    assert texts(owner, f"ferry before:{today + timedelta(days=1)}") == ["ferry"]
    assert texts(owner, "ferry after:2999") == []


def test_only_present_conversations_of_the_person_are_searched(
    owner: Person, member: Person
) -> None:
    said(owner, "secret plan")
    theirs = said(member, "secret party")

    assert texts(owner, "secret") == ["secret plan"]
    assert titles(owner, "secret") == ["secret plan"]
    assert texts(owner, f"in:{theirs.conversation.pk}") == []
    assert texts(owner, f"in:{uuid.uuid4()}") == []


@pytest.mark.parametrize("text", STRANGE)
def test_anything_strange_gets_results_or_a_sentence(owner: Person, text: str) -> None:
    said(owner, "and or not near a b c d x")
    said(owner, f"strange: {make_valid(text)}")

    assert find(owner, text).sentence
    assert len(texts(owner, "strange")) == 1
