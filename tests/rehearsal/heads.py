"""Check, extend and strip the heads of requests and answers as the router does."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

import h11

LINE = 8_192  # bytes of a request line or a header line
REQUEST_ID = re.compile(rb"[A-Za-z0-9+/=-]{20,200}")
VIA = b"1.1 router"
# Headers of a single connection. So is Transfer-Encoding, but h11 frames the body by it.
OF_A_CONNECTION = {b"connection", b"keep-alive", b"proxy-connection", b"te", b"upgrade"}
SET_BY_THE_ROUTER = {
    b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-port", b"x-request-id", b"via"
}  # fmt: skip

type Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from: the client's address, and the port that it used."""

    address: str
    scheme: str
    port: int


def is_acceptable(request: h11.Request) -> bool:
    """Return whether a request has the Host by which the platform finds the app."""
    headers = request.headers.raw_items()
    asked = len(request.method) + len(request.target) + len("  HTTP/1.1")
    lines = [asked, *(len(name) + len(": ") + len(value) for name, value in headers)]
    has_host = bool(_values(headers, b"host"))
    return max(lines) <= LINE and has_host and request.method != b"CONNECT"


def for_the_dyno(request: h11.Request, origin: Origin) -> h11.Request:
    given = request.headers.raw_items()
    headers = [item for item in _passed_on(given) if item[0].lower() not in SET_BY_THE_ROUTER]
    if upgrade := _values(given, b"upgrade"):
        headers += [(b"Connection", b"Upgrade"), (b"Upgrade", b", ".join(upgrade))]
    addresses = [*_values(given, b"x-forwarded-for"), origin.address.encode()]
    headers += [
        (b"X-Forwarded-For", b", ".join(addresses)),
        (b"X-Forwarded-Proto", origin.scheme.encode()),
        (b"X-Forwarded-Port", str(origin.port).encode()),
        (b"X-Request-Id", _request_id(_values(given, b"x-request-id"))),
        (b"Via", b", ".join([*_values(given, b"via"), VIA])),
    ]
    return h11.Request(method=request.method, target=request.target, headers=headers)


def for_the_client(answer: h11.Response) -> h11.Response:
    headers = [*_passed_on(answer.headers.raw_items()), (b"Via", VIA)]
    return h11.Response(status_code=answer.status_code, headers=headers, reason=answer.reason)


def _passed_on(headers: Headers) -> Headers:
    named = b",".join(_values(headers, b"connection")).lower().split(b",")
    excluded = OF_A_CONNECTION | {name.strip() for name in named}
    return [(name, value) for name, value in headers if name.lower() not in excluded]


def _request_id(given: list[bytes]) -> bytes:
    """Return the client's own id of the request, if it is well formed."""
    if len(given) == 1 and REQUEST_ID.fullmatch(given[0]):
        return given[0]
    return str(uuid.uuid4()).encode()


def _values(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> list[bytes]:
    return [value for name, value in headers if name.lower() == wanted]
