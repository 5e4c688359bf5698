"""/diagnostics/images/<id>: the test image, for whoever has its link."""

import uuid
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from chatapp.diagnostics.models import VALID, ImageLink


def path(link_id: uuid.UUID) -> str:
    return f"/diagnostics/images/{link_id}"


def test_each_fetch_is_counted(stranger_client: Client, db: None) -> None:
    link = ImageLink.objects.create()

    responses = [stranger_client.get(path(link.pk)) for _ in range(2)]

    link.refresh_from_db()
    assert link.fetches == 2
    assert {response.status_code for response in responses} == {200}
    assert responses[0]["Cache-Control"] == "private, no-store"
    assert "sandbox" in responses[0]["Content-Security-Policy"]
    assert not responses[0].cookies


def test_an_unknown_link_is_not_found(stranger_client: Client, db: None) -> None:
    assert stranger_client.get(path(uuid.uuid4())).status_code == 404


def test_an_expired_link_is_not_found(stranger_client: Client, db: None) -> None:
    link = ImageLink.objects.create()
    old = timezone.now() - VALID - timedelta(seconds=1)
    ImageLink.objects.update(created_at=old)

    assert stranger_client.get(path(link.pk)).status_code == 404
    assert list(ImageLink.objects.expired()) == [link]


def test_only_reading_is_allowed(stranger_client: Client, db: None) -> None:
    assert stranger_client.post(path(ImageLink.objects.create().pk)).status_code == 405
