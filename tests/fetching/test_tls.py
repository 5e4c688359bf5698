"""TLS is checked against the name in the link, although we connect to an address."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from chatapp.fetching import BadRedirect, NotSecure, fetch
from chatapp.fetching.network import public_tls

from .site import LOOPBACK, Names, Site, opened, redirect, reply

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes certificates")

IMAGE = reply("200 OK", b"an image")
NAME = "images.example.com"

Certify = Callable[[str], Path]


@pytest.fixture(scope="module")
def certify(tmp_path_factory: pytest.TempPathFactory) -> Certify:
    """Make a self-signed certificate for a name, with its key in one file."""
    folder = tmp_path_factory.mktemp("certificates")

    def make(name: str) -> Path:
        path = folder / f"{name}.pem"
        kind = "IP" if name == LOOPBACK else "DNS"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
            + [
                "-nodes",
                "-days",
                "2",
                "-subj",
                f"/CN={name}",
                "-keyout",
                path,
                "-out",
                f"{path}.crt",
            ]
            + ["-addext", f"subjectAltName={kind}:{name}"],
            check=True,
            capture_output=True,
        )
        path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
        return path

    return make


def served_with(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def trusting(*certificates: Path) -> Callable[[], ssl.SSLContext]:
    """Like the real context, with these certificates instead of the public ones."""
    context = ssl.create_default_context(cadata=Path(f"{certificates[0]}.crt").read_text())
    for certificate in certificates:
        context.load_verify_locations(f"{certificate}.crt")
    return lambda: context


async def test_the_name_is_sent_and_proven(certify: Certify) -> None:
    certificate = certify(NAME)
    context, seen = served_with(certificate), []
    context.sni_callback = lambda _tls, name, _context: seen.append(name)
    async with Site(IMAGE, tls=context) as site:
        fetched = await fetch(site.url(), network=opened(site, tls=trusting(certificate)))
    assert fetched.content == b"an image"
    assert seen == [NAME]
    assert site.headers()["host"] == f"{NAME}:{site.port}"


@pytest.mark.parametrize("other", ["elsewhere.example.com", LOOPBACK])
async def test_a_certificate_for_another_name_is_refused(certify: Certify, other: str) -> None:
    """Not even one for the address that we connect to."""
    certificate = certify(other)
    async with Site(IMAGE, tls=served_with(certificate)) as site:
        with pytest.raises(NotSecure) as refused:
            await fetch(site.url(), network=opened(site, tls=trusting(certificate)))
    assert not refused.value.may_pass_on
    assert not site.requests


async def test_a_self_signed_certificate_is_refused(certify: Certify) -> None:
    async with Site(IMAGE, tls=served_with(certify(NAME))) as site:
        with pytest.raises(NotSecure):
            await fetch(site.url(), network=opened(site))
    assert not site.requests


async def test_a_site_without_tls_is_refused() -> None:
    async with Site(reply("400 Bad Request"), greets=True) as site:
        with pytest.raises(NotSecure):
            await fetch(f"https://{NAME}:{site.port}/", network=opened(site))


async def test_a_redirect_never_leaves_https(certify: Certify) -> None:
    certificate = certify(NAME)
    async with Site(IMAGE) as plain:
        answer = redirect(plain.url())
        async with Site(answer, tls=served_with(certificate)) as site:
            with pytest.raises(BadRedirect) as refused:
                await fetch(site.url(), network=opened(site, plain, tls=trusting(certificate)))
    assert refused.value.may_pass_on
    assert not plain.requests


async def test_each_redirect_proves_its_own_name(certify: Certify) -> None:
    """A certificate for the first name is worth nothing under the second."""
    certificate = certify(NAME)
    names = Names(images_example_com=[[LOOPBACK]], cdn_example_net=[[LOOPBACK]])
    async with (
        Site(IMAGE, tls=served_with(certificate)) as last,
        Site(redirect(last.url("/", "cdn.example.net")), tls=served_with(certificate)) as first,
    ):
        network = opened(first, last, names=names, tls=trusting(certificate))
        with pytest.raises(NotSecure):
            await fetch(first.url(), network=network)
    assert not last.requests


def test_the_real_context_checks_everything() -> None:
    context = public_tls()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert len(context.get_ca_certs()) > 50
