"""POST /c/<id>/messages: what is accepted, and the sentence for everything else."""

import io
import uuid
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image as Pillow
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, Conversation, Exchange, Message, beginning
from chatapp.images.models import Image
from chatapp.images.processing import prepare
from chatapp.replies import generation
from tests.documents.kit import stored

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def no_reply() -> Any:
    """Start no reply, because only sending is tested here."""
    with patch.object(generation, "start") as start:
        yield start


def image(colour: str = "red", name: str = "image.png") -> SimpleUploadedFile:
    content = io.BytesIO()
    Pillow.new("RGB", (40, 30), colour).save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue())


def send(client: Client, conversation: Any = None, **fields: Any) -> Any:
    fields = {"client_id": uuid.uuid4(), **fields}
    return client.post(f"/c/{conversation or uuid.uuid4()}/messages", fields, headers=JSON)


def test_a_send_is_answered_with_both_articles(owner_client: Client, no_reply: Any) -> None:
    response = send(owner_client, text="Hello <b>there</b>")

    assert response.status_code == 201
    html = response.json()["messages"]
    assert html.count("<article") == 2
    assert "Hello &lt;b&gt;there&lt;/b&gt;" in html
    assert [call.args[0] for call in no_reply.call_args_list] == [Message.objects.get(attempt=1)]


def test_a_repeated_send_is_answered_again_and_starts_nothing(
    owner_client: Client, no_reply: Any
) -> None:
    fields = {"conversation": uuid.uuid4(), "client_id": uuid.uuid4(), "text": "Once"}

    first, second = send(owner_client, **fields), send(owner_client, **fields)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["messages"] == second.json()["messages"]
    assert no_reply.call_count == 1


@pytest.mark.parametrize("text", ["", "   \n "])
def test_an_empty_message_is_refused(owner_client: Client, text: str) -> None:
    response = send(owner_client, text=text)

    assert response.status_code == 422
    assert "Write something" in response.json()["error"]
    assert not Message.objects.exists()


@pytest.mark.parametrize("letter", ["a", "🦩"])
def test_a_million_characters_are_accepted(owner_client: Client, letter: str) -> None:
    response = send(owner_client, text=letter * 1_000_000)

    assert response.status_code == 201
    assert len(Message.objects.get(role="user").text) == 1_000_000


@pytest.mark.parametrize(("letter", "count"), [("a", 5_000_000), ("🦩", 1_250_000)])
def test_more_than_a_million_characters_are_refused_with_the_limit(
    owner_client: Client, letter: str, count: int
) -> None:
    response = send(owner_client, text=letter * count)

    assert response.status_code == 422
    assert "Shorten it to 1,000,000" in response.json()["error"]
    assert not Message.objects.exists()


@pytest.mark.parametrize("letter", ["a", "🦩"])
def test_without_scripts_the_refused_text_is_still_in_the_box(
    owner_client: Client, letter: str
) -> None:
    text = letter * 1_000_001
    response = owner_client.post(
        f"/c/{uuid.uuid4()}/messages", {"client_id": uuid.uuid4(), "text": text}
    )

    assert response.status_code == 422
    page = response.content.decode()
    assert "Shorten it to 1,000,000" in page
    assert text in page


def test_without_scripts_a_send_redirects_to_the_conversation(owner_client: Client) -> None:
    conversation = uuid.uuid4()
    response = owner_client.post(
        f"/c/{conversation}/messages", {"client_id": uuid.uuid4(), "text": "Hello"}
    )

    assert response.status_code == 303
    assert response["Location"].startswith(f"/c/{conversation}/")
    page = owner_client.get(response["Location"]).content.decode()
    assert 'http-equiv="refresh"' in page


def test_without_scripts_images_are_sent_as_files(owner_client: Client) -> None:
    owner_client.post(
        f"/c/{uuid.uuid4()}/messages",
        {"client_id": uuid.uuid4(), "text": "Look", "images": [image("red"), image("blue")]},
    )

    assert Attachment.objects.count() == 2
    assert [a.kind for a in Message.objects.get(role="user").attachments.all()] == ["image"] * 2


def test_thirty_images_are_refused(owner_client: Client) -> None:
    response = send(owner_client, text="Look", images=[image() for _ in range(30)])

    assert response.status_code == 422
    assert "You can attach up to 10 images" in response.json()["error"]
    assert not Image.objects.exists()


def test_without_scripts_files_are_told_apart_by_their_content(owner_client: Client) -> None:
    text = SimpleUploadedFile("photo.png", b"no image at all", content_type="image/png")
    picture = image("red", "report.pdf")

    assert send(owner_client, text="Look", images=[text, picture]).status_code == 201

    attachments = Message.objects.get(role="user").attachments.all()
    assert [(each.kind, each.name) for each in attachments] == [
        ("image", "report.pdf"),
        ("document", "photo.png"),
    ]


def test_without_scripts_a_file_that_cant_be_read_is_refused(owner_client: Client) -> None:
    film = SimpleUploadedFile("film.pdf", bytes(range(256)))

    response = send(owner_client, text="Look", images=[film])

    assert response.status_code == 422
    assert "Send an image, a PDF" in response.json()["error"]


def test_documents_are_sent_by_their_ids_and_only_ones_own(
    owner_client: Client, member: Person, owner: Person
) -> None:
    own, others = stored(owner, "Mine."), stored(member, "Theirs.")

    assert send(owner_client, document=f"document/{own.pk}").status_code == 201
    for name in (f"document/{others.pk}", str(own.pk), "document/x"):
        response = send(owner_client, text="Look", document=name)
        assert response.status_code == 422
        assert "no longer exists" in response.json()["error"]

    attachment = Attachment.objects.get()
    assert (attachment.document, attachment.pages) == (own, "1")
    assert not Message.objects.get(role="user").is_plain


def test_attached_images_keep_their_order(owner_client: Client, owner: Person) -> None:
    kept = [
        Image.objects.store(owner, prepare(image(colour, f"{colour}.png"), f"{colour}.png"))
        for colour in ("red", "green", "blue")
    ]

    response = send(
        owner_client,
        image=[kept[2].pk, kept[0].pk, kept[1].pk],
        link="https://images.example.com/b",
    )

    assert response.status_code == 201
    assert [a.name for a in Attachment.objects.order_by("position")] == [
        "blue.png",
        "red.png",
        "green.png",
        "https://images.example.com/b",
    ]


@pytest.mark.parametrize("pk", ["00000000-0000-4000-8000-000000000000", "nonsense", ""])
def test_a_missing_image_is_reported(owner_client: Client, pk: str) -> None:
    response = send(owner_client, text="Look", image=pk)

    assert response.status_code == 422
    assert "no longer exists" in response.json()["error"]


def test_an_image_of_another_person_is_missing(owner_client: Client, member: Person) -> None:
    theirs = Image.objects.store(member, prepare(image(), "theirs.png"))

    assert send(owner_client, text="Look", image=theirs.pk).status_code == 422


def test_an_invalid_link_is_refused(owner_client: Client) -> None:
    assert "isn't a valid link" in send(owner_client, text="Look", link="https://[").json()["error"]


@pytest.mark.parametrize("link", ["http://a.example/b.png", "https://", "javascript:alert(1)"])
def test_only_https_links_are_attached(owner_client: Client, link: str) -> None:
    response = send(owner_client, text="Look", link=link)

    assert response.status_code == 422
    assert "https://" in response.json()["error"]


def test_an_unknown_model_is_refused(owner_client: Client) -> None:
    assert "available" in send(owner_client, text="Hello", model="gpt-2").json()["error"]


def test_invalid_ids_are_refused(owner_client: Client) -> None:
    assert send(owner_client, text="Hello", client_id="1").status_code == 422


def test_a_nul_character_is_dropped_and_the_rest_is_sent(owner_client: Client) -> None:
    response = send(owner_client, text="a\x00b")

    assert response.status_code == 201
    assert Message.objects.get(role="user").text == "ab"


def test_a_send_during_a_reply_is_refused_and_keeps_its_text(
    owner_client: Client, running: Exchange
) -> None:
    path = f"/c/{running.conversation.pk}/messages"
    fields = {"client_id": uuid.uuid4(), "text": "My next question"}

    with_scripts = owner_client.post(path, fields, headers=JSON)
    without = owner_client.post(path, fields)

    assert with_scripts.status_code == without.status_code == 409
    assert "still running" in with_scripts.json()["error"]
    assert "My next question" in without.content.decode()


def test_a_post_without_csrf_token_is_refused(owner: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)

    assert "expired" in send(client, text="Hello").json()["error"]
    assert client.post(f"/c/{uuid.uuid4()}/messages", {"text": "x"}).status_code == 403
    assert not Message.objects.exists()


def test_a_stranger_must_sign_in(stranger_client: Client, owner: Person) -> None:
    response = send(stranger_client, text="Hello")

    assert response.status_code == 401
    assert "your text is kept" in response.json()["error"]


def test_a_member_cannot_send_to_the_owners_conversation(
    member_client: Client, exchange: Exchange
) -> None:
    assert send(member_client, exchange.conversation.pk, text="Hello").status_code == 404


def test_a_form_above_djangos_limit_gets_our_error_page(
    owner_client: Client, settings: Settings
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2048

    page = owner_client.post(f"/c/{uuid.uuid4()}/messages", {"text": "a" * 3000})
    answer = send(owner_client, text="a" * 3000)

    assert (page.status_code, answer.status_code) == (413, 413)
    assert "<html" in page.content.decode()
    assert "at most 2" in page.content.decode()
    assert "You can send at most 2 KB here" in answer.json()["error"]


def test_a_person_cannot_begin_any_number_of_conversations_at_once(
    owner_client: Client, member_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beginning, "MAX_BEGUN", 2)
    first = uuid.uuid4()
    assert send(owner_client, first, text="one").status_code == 201
    assert send(owner_client, text="two").status_code == 201

    refused = send(owner_client, text="three")

    assert refused.status_code == 429
    assert "Your text is kept" in refused.json()["error"]
    assert Conversation.objects.count() == 2
    Message.objects.update(status="complete")
    assert send(owner_client, first, text="more").status_code == 201
    assert send(member_client, text="mine").status_code == 201
    Conversation.objects.update(created_at=timezone.now() - beginning.BEGUN_WITHIN)
    assert send(owner_client, text="three").status_code == 201
