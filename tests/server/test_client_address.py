"""The address of a request: what strangers write into headers never counts."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from chatapp.server.client_address import client_address


@pytest.mark.parametrize(
    ("proxies", "header", "expected"),
    [
        (0, "", "192.0.2.1"),
        (0, "198.51.100.1", "192.0.2.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.1, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.1, 198.51.100.1", "203.0.113.1"),
        (2, "9.9.9.9, 203.0.113.1, 198.51.100.1", "203.0.113.1"),
        (2, "198.51.100.1", "198.51.100.1"),  # past the outer proxy
        (1, "", "192.0.2.1"),  # past every proxy
        (1, "198.51.100.1:4711", "198.51.100.1"),
        (1, "[2001:db8::1]:4711", "2001:db8::/64"),
        (1, "2001:db8::1", "2001:db8::/64"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
        (1, "unknown", "unknown"),
        (1, "9.9.9.9, <script>", "unknown"),
        (1, " , ,", "192.0.2.1"),
    ],
)
def test_the_address_is_what_the_outermost_trusted_proxy_saw(
    settings: Settings, proxies: int, header: str, expected: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {"x-forwarded-for": header} if header else {}
    request = RequestFactory(REMOTE_ADDR="192.0.2.1").get("/", headers=headers)

    assert client_address(request).network == expected


@pytest.mark.parametrize("peer", ["", "::1", "::ffff:127.0.0.1"])
def test_any_kind_of_connection_has_an_address(settings: Settings, peer: str) -> None:
    settings.TRUSTED_PROXIES = 0
    request = RequestFactory(REMOTE_ADDR=peer).get("/")

    expected = {"": "unknown", "::1": "::/64", "::ffff:127.0.0.1": "127.0.0.1"}
    assert client_address(request).network == expected[peer]
