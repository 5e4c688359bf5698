"""Requests that no HTTP client would send, over a bare socket."""

import socket
from contextlib import suppress
from dataclasses import dataclass

WAIT = 20  # seconds
PIECE = 64 * 1024
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    head: str  # in small letters
    body: bytes
    sent: int  # bytes of the request's body that the server's side took


def post(
    port: int,
    path: str,
    body: bytes,
    kind: str = URLENCODED,
    *,
    chunked: bool = False,
    version: str = "1.1",
    more: bytes = b"",
    **headers: str,
) -> Answer:
    """Send a body, and after it `more`; read until the server closes the connection."""
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
    own = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines = [f"POST {path} HTTP/{version}", f"Host: 127.0.0.1:{port}", f"Content-Type: {kind}"]
    head = "\r\n".join([*lines, length, *own, "Connection: close", "\r\n"]).encode()
    with socket.create_connection(("127.0.0.1", port), WAIT) as connection:
        sent = 0
        with suppress(ConnectionError):  # the server has closed it; its answer is there
            connection.sendall(head)
            for start in range(0, len(body), PIECE):
                piece = body[start : start + PIECE]
                connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
                sent += len(piece)
            connection.sendall((b"0\r\n\r\n" if chunked else b"") + more)
        received = bytearray()
        with suppress(ConnectionError):
            while piece := connection.recv(PIECE):
                received += piece
    answered, _, rest = bytes(received).partition(b"\r\n\r\n")
    text = answered.decode("latin1").lower()
    return Answer(int(text.split()[1]) if text else 0, text, rest, sent)
