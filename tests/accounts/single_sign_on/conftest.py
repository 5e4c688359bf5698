"""A provider of sign-ins whose answers tests can bend, and the app that is configured for it."""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.accounts.single_sign_on import provider as app_side
from chatapp.server.oidc_configuration import OpenIDProvider
from tests.servers.oidc import CLIENT_ID, CLIENT_SECRET, BentProvider, bent_provider


def configured(issuer: str, *domains: str) -> OpenIDProvider:
    return OpenIDProvider(issuer, CLIENT_ID, CLIENT_SECRET, "Example ID", domains, "member")


@pytest.fixture
def bent(settings: Settings, owner: Person) -> Iterator[BentProvider]:
    app_side._documents.clear()
    with bent_provider() as provider:
        settings.OIDC = configured(provider.issuer, "example.com")
        yield provider


def begin(client: Client, **fields: str) -> str:
    """Press the button, and return the provider's address."""
    page = client.post("/account/single-sign-on/", fields)
    assert page.status_code == 200, page.text
    return str(page.context["address"])


def sign_in(client: Client, provider: BentProvider, **fields: str) -> HttpResponse:
    response: HttpResponse = client.get(provider.consent(begin(client, **fields)))
    return response
