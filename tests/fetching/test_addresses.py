"""Every address that is not public is refused, in every form that a resolver may answer with."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address

import pytest

from chatapp.fetching.addresses import PRIVATE_IPV4, is_public

HOSTILE = """
    0.0.0.0 0.0.0.1 0.255.255.255
    10.0.0.0 10.0.0.1 10.255.255.255
    100.64.0.0 100.100.100.200 100.127.255.255
    127.0.0.0 127.0.0.1 127.1.2.3 127.255.255.255
    168.63.129.16
    169.254.0.0 169.254.169.254 169.254.170.2 169.254.255.255
    172.16.0.0 172.17.0.1 172.31.255.255
    192.0.0.1 192.0.0.170 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1
    192.168.0.0 192.168.1.1 192.168.255.255 192.175.48.1
    198.18.0.0 198.19.255.255 198.51.100.7 203.0.113.255
    224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.254 255.255.255.255
    :: ::1 ::2 ::7f00:1 ::8.8.8.8 ::127.0.0.1
    ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1
    64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::169.254.169.254 64:ff9b::a00:1 64:ff9b::0.0.0.0
    64:ff9b:1::127.0.0.1 64:ff9b:1::8.8.8.8 64:ff9b:1:ffff:ffff:ffff:ffff:ffff
    100::1 100:0:0:1::1
    2001::1 2001:0:7f00:1:: 2001:2::1 2001:10::1 2001:20::1 2001:1ff::1 2001:db8::1
    2002:7f00:1:: 2002:a00:1::1 2002:808:808::1
    2620:4f:8000::1 3fff::1 3fff:fff::1
    4000::1 5f00::1 a000::1
    fc00::1 fd00::1 fd00:ec2::254 fd20:ce::254 fdff::1
    fe80::1 fe80::a9fe:a9fe fe80::1%lo febf::1 fec0::1 feff::1
    ff00::1 ff02::1 ff0e::1
    2606:4700:4700::1111%eth0
"""

PUBLIC = """
    1.0.0.1 1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.215.14 100.63.255.255 100.128.0.0
    126.255.255.255 128.0.0.1 168.63.129.15 168.63.129.17 169.253.255.255 169.255.0.0
    172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.1 192.167.255.255 192.169.0.0 198.17.255.255
    198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255
    2001:200::1 2001:4860:4860::8888 2001:db7:ffff::1 2001:db9::1 2003::1 2606:4700:4700::1111
    2620:fe::fe 2a00:1450:4001:82a::200e 3ffe::1 64:ff9b::8.8.8.8
"""


@pytest.mark.parametrize("address", HOSTILE.split())
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC.split())
def test_neighbours_of_refused_networks_are_allowed(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("network", PRIVATE_IPV4, ids=str)
def test_refuses_a_network_from_end_to_end_and_through_nat64(network: IPv4Network) -> None:
    nat64 = int(IPv6Network("64:ff9b::/96").network_address)
    for address in (network.network_address, network.broadcast_address):
        assert not is_public(address)
        assert not is_public(ip_address(nat64 + int(address)))


@pytest.mark.parametrize("low", [0, 1, 0x8888])
def test_is_never_laxer_than_the_standard_library(low: int) -> None:
    """In every /16 of IPv4, and of IPv6 within what is routed and in every 8th /16 beyond."""
    for high in range(0x1_0000):
        four = ip_address(high << 16 | low)
        assert four.is_global or not is_public(four), four
    for high in [*range(0x2000, 0x4000), *range(0, 0x1_0000, 8)]:
        six = ip_address(high << 112 | low)
        assert six.is_global or not is_public(six), six
