"""OpenID Connect providers: one that nobody here wrote, and one that tests can bend."""

import base64
import hashlib
import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.servers.ports import free_port

PYTHON = Path(__file__).parents[2] / ".venv/oidc/bin/python"
START_SECONDS = 30.0
CLIENT_ID, CLIENT_SECRET = "chat", "the secret of the client"
CALLBACK = "/account/single-sign-on/callback/"

needs_provider = pytest.mark.skipif(
    not PYTHON.exists(), reason="`make test` installs the OpenID Connect provider"
)


@contextmanager
def packaged_provider() -> Iterator[str]:
    """Run the provider of the package oidc-provider-mock, and yield its issuer."""
    port = free_port()
    silent = subprocess.DEVNULL
    command = [PYTHON, "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdin=silent, stdout=silent, stderr=silent)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _accepts(port):
            assert process.poll() is None, "the provider ended"
            assert time.monotonic() < deadline, "the provider does not start"
            time.sleep(0.05)
        yield f"http://localhost:{port}"
    finally:
        process.kill()
        process.wait()


def add_account(issuer: str, subject: str, **claims: Any) -> None:
    httpx.put(f"{issuer}/users/{subject}", json=claims).raise_for_status()


def consent(address: str, subject: str) -> str:
    """Sign in at the packaged provider, and return the address to which it sends the browser."""
    answer = httpx.post(address, data={"sub": subject})
    assert answer.status_code == 302, answer.text
    return str(answer.headers["location"])


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("localhost", port)).close()
    except ConnectionRefusedError:
        return False
    return True


@cache
def signing_key(name: str) -> rsa.RSAPrivateKey:
    """Return one key for each name: making one takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_key(name: str) -> dict[str, Any]:
    numbers: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(signing_key(name).public_key()))
    return numbers | {"kid": "1", "use": "sig", "alg": "RS256"}


class BentProvider:
    """A provider in this process. What it answers is what the standard asks for, until bent.

    `claims` and `document` replace parts of the ID token and of the description (None leaves one
    out); `status` is what all answers have.
    """

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.claims: dict[str, Any] = {}
        self.user_info: dict[str, Any] = {}
        self.document: dict[str, Any] = {}
        self.key: Any = signing_key("own")
        self.algorithm = "RS256"
        self.status = 200
        self.begun: dict[str, str] = {}
        self.tokens: list[str] = []
        self.paths: list[str] = []

    def consent(self, address: str) -> str:
        """Sign in, and return the path to which the browser is sent back."""
        asked = {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}
        assert asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT_ID
        self.begun = asked
        return f"{CALLBACK}?{urlencode({'code': 'the code', 'state': asked['state']})}"

    def answer(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        self.paths.append(path)
        match path:
            case "/.well-known/openid-configuration":
                return self._described()
            case "/jwks":
                return {"keys": [public_key("own")]}
            case "/userinfo":
                return self.user_info
            case "/token":
                return self._token(form)
        raise AssertionError(path)

    def _described(self) -> dict[str, Any]:
        usual = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        return _without_none(usual | self.document)

    def _token(self, form: dict[str, str]) -> dict[str, Any]:
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        assert challenge == self.begun["code_challenge"]
        assert form["client_secret"] == CLIENT_SECRET
        now = int(time.time())
        usual = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "anna-1",
            "iat": now,
            "exp": now + 300,
            "nonce": self.begun["nonce"],
            "email": "Anna@example.com",
            "email_verified": True,
            "name": "Anna",
        }
        claims = _without_none(usual | self.claims)
        token = jwt.encode(claims, self.key, self.algorithm, headers={"kid": "1"})
        self.tokens += [token, "the access token"]
        return {"access_token": "the access token", "token_type": "Bearer", "id_token": token}


@contextmanager
def bent_provider() -> Iterator[BentProvider]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    provider = BentProvider(f"http://127.0.0.1:{server.server_port}")
    server.provider = provider  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer({name: value for name, [value] in parse_qs(body).items()})

    def log_message(self, *_values: Any) -> None:
        """Log nothing."""

    def _answer(self, form: dict[str, str]) -> None:
        provider: BentProvider = self.server.provider  # type: ignore[attr-defined]
        body = json.dumps(provider.answer(urlsplit(self.path).path, form)).encode()
        self.send_response(provider.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
