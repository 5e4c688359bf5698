"""Decide which addresses are public. `links` parses names, and `network` resolves them.

The lists are IANA's special-purpose address registries for IPv4 and IPv6 (RFC 6890). They are
written out because `ipaddress.is_global` differs between versions of Python.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

PRIVATE_IPV4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network; 0.0.0.0 reaches this machine
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; metadata on Alibaba at 100.100.100.200
        "127.0.0.0/8",
        "168.63.129.16/32",  # metadata on Azure, although the address looks public
        "169.254.0.0/16",  # link-local; metadata nearly everywhere at 169.254.169.254
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments; metadata on Oracle at 192.0.0.192
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112, answers for private reverse names
        "192.52.193.0/24",  # AMT relays
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)

# All addresses that are routed on the internet are in here. Outside it are loopback, link-local,
# site-local, unique local (metadata on AWS at fd00:ec2::254), multicast, discard, IPv4-mapped,
# IPv4-compatible, and 64:ff9b:1::/48 for a network's own NAT64 (RFC 8215).
GLOBAL_UNICAST = IPv6Network("2000::/3")

PRIVATE_IPV6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo with an IPv4 address inside, ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, with an IPv4 address inside
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)

# Networks without IPv4 reach it through these; the last 32 bits are the address (RFC 6052).
NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Return whether everybody on the internet can reach this address."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in PRIVATE_IPV4)
    if address.scope_id:
        return False
    if address in NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in GLOBAL_UNICAST and not any(address in network for network in PRIVATE_IPV6)
