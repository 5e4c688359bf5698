"""Which address the app sees, and whether the number of trusted proxies fits."""

import pytest
from django.test import Client
from pytest_django import Settings

from chatapp.diagnostics.checks.addresses import check_addresses

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/diagnostics/checks/addresses"


@pytest.mark.parametrize(
    ("proxies", "header", "level", "text"),
    [
        (0, "", "green", "You appear to come from 127.0.0.1. No proxy is trusted."),
        (1, "198.51.100.7", "green", "You appear to come from 198.51.100.7. 1 proxy is trusted."),
        (0, "198.51.100.7", "yellow", "CHAT_TRUSTED_PROXIES=1"),
        (1, "198.51.100.7, 203.0.113.1", "yellow", "CHAT_TRUSTED_PROXIES=2"),
        (2, "198.51.100.7", "yellow", "has 1 address."),
        (1, "nonsense", "yellow", "an address that can&#x27;t be read"),
    ],
)
def test_the_owner_sees_the_address_of_the_request(
    owner_client: Client, settings: Settings, proxies: int, header: str, level: str, text: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {"x-forwarded-for": header} if header else {}

    result = owner_client.get(PATH, headers=headers).text

    assert f'data-level="{level}"' in result
    assert text in result


def test_the_command_reports_the_number_alone(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 2

    result = check_addresses()

    assert result.level == "note"
    assert "2 proxies are trusted" in result.found
