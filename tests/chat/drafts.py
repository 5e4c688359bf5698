"""What a page sends to keep a draft."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange
from chatapp.images.models import Image
from chatapp.images.processing import PreparedImage

TAB = uuid.uuid4()


def fields(text: str = "Half a", **others: Any) -> dict[str, Any]:
    return {"client_id": uuid.uuid4(), "tab": TAB, "edit": 1, "text": text, **others}


def path_of(exchange: Exchange | None) -> str:
    return f"/c/{exchange.conversation.pk}/draft" if exchange else "/draft"


def post(client: Client, given: dict[str, Any], path: str = "/draft") -> HttpResponse:
    return client.post(path, given)


def kept(client: Client, path: str = "/draft") -> Any:
    return client.get(path).json()


def image_of(person: Person, sha256: str = "0") -> Image:
    values = {"thumbnail": b"", "thumbnail_type": "", "thumbnail_width": 0, "thumbnail_height": 0}
    name = f"{sha256}.png"
    prepared = PreparedImage(
        b"bytes", "image/png", 60, 40, sha256.zfill(64), name, animated=False, **values
    )
    return Image.objects.store(person, prepared)
