"""Nothing that a view answers may be shown later from a cache."""

import uuid
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver
from PIL import Image as Pillow

from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, Exchange, ToolCall
from chatapp.images.models import Image
from chatapp.images.processing import prepare
from chatapp.mcp.models import Server
from chatapp.people.tokens import TOKEN_LENGTH
from chatapp.replies.prompt import image_delivery
from chatapp.sharing.publishing import Choices, publish
from tests.documents.kit import stored
from tests.images.samples import encoded
from tests.projects.kit import project_of
from tests.prompts.kit import saved
from tests.transfer.importing.kit import uploaded
from tests.transfer.kit import made_export

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_service", "no_reply"),
]

SERVER = "http://127.0.0.1:1/mcp"  # where nothing listens
TAB = "text/html,application/xhtml+xml,*/*;q=0.8"  # what a tab asks for
IMG = "image/avif,image/webp,*/*;q=0.8"  # what an <img> asks for
SCRIPT = "application/json"
IMAGES = {"image", "thumbnail"}
# The most private pages. Each must return content here, or the test would check an empty answer.
PRIVATE = IMAGES | {
    "people-role",
    "people-deactivation",
    "people-deletion",
    "people-ownership",
    "home",
    "conversation",
    "conversations",
    "messages",
    "markdown",
    "message",
    "edit",
    "state",
    "tool-call",
    "draft",
    "share",
    "shares",
    "shared",
    "shared-image",
    "shared-thumbnail",
    "shared-continuation",
    "conversation-html",
    "conversation-json",
    "transfer",
    "projects",
    "project",
    "project-settings",
    "project-deletion",
    "exports",
    "archive",
    "people",
    "person",
    "join",
    "account",
    "prompt",
    "document",
    "document-file",
    "project-files",
}


def names(patterns: list[Any]) -> Iterator[str]:
    """Return the name of every view, and fail on a view without a name."""
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from names(each.url_patterns)
        else:
            assert each.name, f"{each} has no name"
            yield each.name


@pytest.fixture
def addresses(exchange: Exchange, owner: Person) -> dict[str, str]:
    """Return a URL of every view by its name, each for something that the owner has."""
    image = Image.objects.store(owner, prepare(encoded(Pillow.new("RGB", (9, 9)), "PNG"), "a.png"))
    Attachment.objects.create(message=exchange.message, position=0, image=image)
    tool_call = ToolCall.objects.create(
        reply=exchange.reply, round=0, index=0, text_length=0, name="calculate", call_id="call0"
    )
    shown = Choices(None, None, True, True, True, "")
    share = publish(exchange.conversation, shown)
    values = {
        "person_id": Person.objects.create_user("guest@example.com").pk,
        "share_id": share.pk,
        "share_token": share.token,
        "number": 1,
        "conversation_id": exchange.conversation.pk,
        "project_file_id": 1,
        "project_id": project_of(owner).pk,
        "reply_id": exchange.reply.pk,
        "message_id": exchange.message.pk,
        "tool_call_id": tool_call.pk,
        "image_id": image.pk,
        "document_id": stored(owner, "A page.").pk,
        "prompt_id": saved(owner).pk,
        "token": image_delivery.link(image).rpartition("/")[2],
        "pk": Server.objects.create(name="Notes", url=SERVER).pk,
        "name": "migrations",
        "link_id": uuid.uuid4(),
        "sign_in": uuid.uuid4(),
        "export_id": made_export(owner).pk,
        "file_id": uploaded(owner, b"[]").pk,
        "import_id": uuid.uuid4(),
        "invitation_id": uuid.uuid4(),
        "invitation_token": "A" * TOKEN_LENGTH,
        "uidb36": "1",
        "key": "set-password",
    }
    resolver, found = get_resolver(), {}
    for name in names(resolver.url_patterns):
        [(_form, parameters)] = resolver.reverse_dict.getlist(name)[0][0]
        found[name] = "/" + resolver.reverse(name, **{each: values[each] for each in parameters})
    return found


@pytest.mark.parametrize("accept", [TAB, SCRIPT])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_cache_stores_the_response_of_a_view(
    owner_client: Client, addresses: dict[str, str], method: str, accept: str
) -> None:
    unknown = {"no view": "/no/such/page", "no id": "/c/nonsense/"}
    stored, answered = set(), {}
    for name, address in (addresses | unknown).items():
        if method == "POST" and name == "deletion":
            continue  # the other URLs need what it deletes
        response = owner_client.generic(method, address, headers={"accept": accept})
        answered[name] = response.status_code
        if "no-store" not in response.get("Cache-Control", ""):
            stored.add(name)

    assert stored == (IMAGES if method == "GET" and accept == SCRIPT else set())
    if method == "GET":
        assert {name for name, status in answered.items() if status == HTTPStatus.OK} >= PRIVATE


def test_an_image_is_cached_only_for_the_session_that_fetched_it(
    owner_client: Client, addresses: dict[str, str]
) -> None:
    for name in IMAGES:
        response = owner_client.get(addresses[name], headers={"accept": IMG})

        assert response["Content-Type"].startswith("image/")
        assert "private" in response["Cache-Control"]
        # A sign-out changes the cookies, and a tab asks for a page, so neither is served from it.
        assert {"Cookie", "Accept"} <= set(response["Vary"].split(", "))


def test_the_response_to_a_deletion_is_not_cached(
    owner_client: Client, addresses: dict[str, str]
) -> None:
    assert "no-store" in owner_client.post(addresses["deletion"])["Cache-Control"]


def test_the_redirect_of_a_stranger_is_not_cached(
    stranger_client: Client, addresses: dict[str, str]
) -> None:
    for address in addresses.values():
        assert "no-store" in stranger_client.get(address, headers={"accept": TAB})["Cache-Control"]
