"""Guests, whose models are named for them, when one of those models has ended."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.inference.catalog import load_catalog
from chatapp.inference.listing import ListedModel
from tests.retirement.conftest import NEW, OLD, Know, retired

pytestmark = pytest.mark.django_db
SONNET = "claude-sonnet-4-6"  # as the catalogue spells the new one
CHECKED = re.compile(r'name="models" value="([^"]+)"[^>]*checked')


@pytest.fixture(autouse=True)
def _catalogue(settings: Settings, know: Know) -> None:
    settings.CATALOG = load_catalog(None, OLD)
    know(retired(), ListedModel(NEW))


def test_a_guest_keeps_the_replacement_when_the_role_is_saved(owner_client: Client) -> None:
    guest = Person.objects.create(
        email="guest@example.com", assigned_role="guest", allowed_models=[OLD]
    )

    page = owner_client.get(f"/people/{guest.pk}/").text
    named = CHECKED.findall(page)
    owner_client.post(f"/people/{guest.pk}/role", {"role": "guest", "models": named})

    guest.refresh_from_db()
    assert named == guest.allowed_models == [SONNET]
    assert "<dd>Claude Sonnet 4.6</dd>" in page


def test_an_invitation_offers_only_models_that_can_be_chosen(owner_client: Client) -> None:
    page = owner_client.get("/people/").text

    assert f'value="{OLD}"' not in page
    assert CHECKED.findall(page) == [SONNET]
