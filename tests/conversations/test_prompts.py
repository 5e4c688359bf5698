"""What the model is sent."""

from chatapp.accounts.models import Person
from chatapp.conversations.models import (
    Attachment,
    Exchange,
    Message,
    NewMessage,
    Outcome,
    add_exchange,
)
from chatapp.conversations.prompts import LEFT_OUT, MAX_PICTURES, reply_request, title_request
from chatapp.images.models import Image
from chatapp.images.processing import PreparedImage
from chatapp.inference import ImagePart, TextPart
from tests.conversations.conftest import new_message


def test_the_path_is_sent_after_our_instructions(owner: Person, exchange: Exchange) -> None:
    added = add_exchange(owner, new_message("And then?", exchange.conversation.pk))

    request = reply_request(added.reply)

    assert request.model == "claude-sonnet-4-6"
    assert request.max_tokens == 8192
    assert [(m.role, m.text) for m in request.messages[1:]] == [
        ("user", "Hello"),
        ("assistant", "A reply."),
        ("user", "And then?"),
    ]


def test_our_instructions_are_the_same_bytes_for_everybody(
    owner: Person, member: Person, exchange: Exchange
) -> None:
    other = add_exchange(member, new_message("Something else"))

    first, second = reply_request(exchange.reply), reply_request(other.reply)

    assert first.messages[0] == second.messages[0]
    assert first.messages[0].role == "system"


def test_a_reply_that_was_retried_is_not_sent(owner: Person, running: Exchange) -> None:
    running.reply.begin()
    running.reply.finish(Outcome(status=Message.Status.FAILED, text="half", error="It broke."))

    new = running.reply.retry()

    assert [m.text for m in reply_request(new).messages[1:]] == ["Hello"]


def test_pictures_stand_before_the_text(owner: Person) -> None:
    image = Image.objects.keep(owner, PreparedImage(b"abc", "image/png", 1, 1, "0" * 64, "a.png"))
    new = new_message("What is this?")
    new = NewMessage(
        client_id=new.client_id,
        conversation_id=new.conversation_id,
        model=new.model,
        text=new.text,
        images=(image,),
        links=("https://a.example/b.jpg",),
    )

    request = reply_request(add_exchange(owner, new).reply)

    assert request.messages[1].parts == (
        ImagePart("data:image/png;base64,YWJj"),
        ImagePart("https://a.example/b.jpg"),
        TextPart("What is this?"),
    )


def test_the_oldest_pictures_give_way(owner: Person, exchange: Exchange) -> None:
    Attachment.objects.bulk_create(
        Attachment(message=exchange.message, position=n, link=f"https://a.example/{n}")
        for n in range(MAX_PICTURES + 2)
    )

    parts = reply_request(exchange.reply).messages[1].parts

    assert len([part for part in parts if isinstance(part, ImagePart)]) == MAX_PICTURES
    assert ImagePart("https://a.example/0") not in parts
    assert parts.count(TextPart(LEFT_OUT)) == 2


def test_a_title_is_asked_from_the_beginning_only(exchange: Exchange) -> None:
    exchange.message.text = "word " * 1000

    request = title_request(exchange.message, "claude-sonnet-4-6")

    assert len(request.messages[1].text) <= 300
    assert request.max_tokens <= 40
