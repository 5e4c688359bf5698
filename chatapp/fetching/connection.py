"""Connect to the addresses that were checked, and to no others."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Address

from aiohappyeyeballs import AddrInfoType, start_connection
from yarl import URL

from .addresses import Address

CONNECT_SECONDS = 5.0  # TCP and TLS together, over all addresses
NEXT_ADDRESS_SECONDS = 0.25  # the first address's head start over the next (RFC 8305)
BUFFER_BYTES = 64 * 1024

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected(
    url: URL, addresses: tuple[Address, ...], tls: ssl.SSLContext
) -> AsyncIterator[Streams]:
    """Yield streams to the first of `addresses` that answers, and close the connection afterwards.

    Only the addresses and the port decide where to connect; TLS verifies the name in `url`. Raises
    OSError, including TimeoutError and ssl.SSLError.
    """
    async with asyncio.timeout(CONNECT_SECONDS):
        reader, writer = await _open(url, addresses, tls if url.scheme == "https" else None)
    try:
        yield reader, writer
    finally:
        # A regular close would wait up to 30 s for the other side to end TLS.
        writer.transport.abort()


async def _open(url: URL, addresses: tuple[Address, ...], tls: ssl.SSLContext | None) -> Streams:
    connection = await start_connection(
        [_target(address, url.port or 0) for address in addresses],
        happy_eyeballs_delay=NEXT_ADDRESS_SECONDS,
        interleave=1,
    )
    try:
        return await asyncio.open_connection(
            sock=connection,
            ssl=tls,
            server_hostname=url.raw_host if tls else None,
            limit=BUFFER_BYTES,
        )
    except BaseException:
        connection.close()
        raise


def _target(address: Address, port: int) -> AddrInfoType:
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    where = (str(address), port) if isinstance(address, IPv4Address) else (str(address), port, 0, 0)
    return family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", where
