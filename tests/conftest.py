"""Fixtures of all tests: static files, a database in a file, three people, no network."""

import logging
import os
import socket
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import certifi
import hypothesis
import pytest
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connections
from django.db.models.signals import post_migrate
from django.test import AsyncClient, Client

from chatapp.accounts.models import Person
from chatapp.spending import caps
from tests.servers.redis import NOT_INSTALLED, RedisServer, is_installed, running_redis
from tests.servers.shared_file import shared_file
from tests.support.people import MEMBER, OWNER, PASSWORD
from tests.support.roles import person_of

pytest_plugins = ["tests.support.fixtures"]
LONG = 240  # seconds; a test that is given so many takes half a minute
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))  # of each property; `make fuzz` tries more


def pytest_configure(config: pytest.Config) -> None:
    # Replies are written from threads of their own: an in-memory SQLite would not be shared.
    database = connections["default"].settings_dict
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = str(Path(settings.ROOT) / "db.sqlite3-test")

    os.environ["SSL_CERT_FILE"] = str(shared_file("authorities.pem", _write_one_authority))

    # A loaded machine takes its time; a property that holds slowly still holds.
    kind = hypothesis.settings.get_profile("ci" if os.environ.get("CI") else "default")
    hypothesis.settings.register_profile("here", kind, deadline=None, max_examples=EXAMPLES)
    hypothesis.settings.load_profile("here")

    # The real hasher takes a third of a second, on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _write_one_authority(file: Path) -> None:
    """Write one certificate; a client that trusts all of them reads them for 20 ms of processor."""
    end = "-----END CERTIFICATE-----"
    text = Path(certifi.where()).read_text(encoding="utf-8")
    file.write_text(text.partition(end)[0] + end, encoding="utf-8")


@pytest.hookimpl(trylast=True)  # when those that are not asked for are gone
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin the share of each worker with some of the longest tests, or one would end with them."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    longest = [item for item in items if _timeout(item) >= LONG]
    others = iter([item for item in items if _timeout(item) < LONG])
    shares: list[pytest.Item] = []
    for worker in range(workers):  # xdist gives each of them as many as are left, divided
        count = (len(items) - len(shares)) // (workers - worker)
        first = longest[worker::workers]
        shares += [*first, *islice(others, max(0, count - len(first)))]
    items[:] = [*shares, *others]


def _timeout(item: pytest.Item) -> float:
    mark = item.get_closest_marker("timeout")
    return float(mark.args[0]) if mark else 0.0


def pytest_sessionstart(session: pytest.Session) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        from chatapp.server.static_files import build_if_changed

        build_if_changed()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail in CI when a test was skipped, because nobody reads the reasons there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        reporter.write_line("Skipped tests are failures in CI.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Leave content types and permissions, which the app never asks for, out of every clean-up.

    A test of transactions ends with empty tables, and Django would fill these two again each time.
    """
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sockets reach only this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"A test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def unshown() -> list[logging.LogRecord]:
    """Return the log records of messages that can't be shown; a test that uses it expects some."""
    return []


@pytest.fixture(autouse=True)
def _every_message_is_shown(
    request: pytest.FixtureRequest, unshown: list[logging.LogRecord]
) -> Iterator[None]:
    """The app shows a sentence for a message whose rendering fails; here that is a failure."""
    handler = logging.Handler()
    handler.emit = unshown.append  # type: ignore[method-assign]
    logger = logging.getLogger("chatapp.conversations.message_html")
    logger.addHandler(handler)
    yield
    logger.removeHandler(handler)
    if "unshown" not in request.node._fixtureinfo.argnames:
        assert not unshown, [logging.Formatter().format(record) for record in unshown]


@pytest.fixture(autouse=True)
def _caps_are_forgotten() -> Iterator[None]:
    """A process keeps all caps in memory, and the database of the next test has none of them."""
    yield
    if caps._known:
        caps.forget()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    if not is_installed():
        pytest.skip(NOT_INSTALLED)
    with running_redis(tmp_path) as server:
        yield server


@pytest.fixture
def owner(db: None) -> Person:
    return Person.objects.create_owner(OWNER, PASSWORD)


@pytest.fixture
def member(db: None) -> Person:
    return Person.objects.create_user(MEMBER, PASSWORD)


@pytest.fixture
def admin(db: None) -> Person:
    return person_of("admin")


@pytest.fixture
def guest(db: None) -> Person:
    return person_of("guest")


@pytest.fixture
def admin_client(signed_in: Callable[[Person], Client], admin: Person) -> Client:
    return signed_in(admin)


@pytest.fixture
def guest_client(signed_in: Callable[[Person], Client], guest: Person) -> Client:
    return signed_in(guest)


@pytest.fixture
def owner_client(signed_in: Callable[[Person], Client], owner: Person) -> Client:
    return signed_in(owner)


@pytest.fixture
def member_client(signed_in: Callable[[Person], Client], member: Person) -> Client:
    return signed_in(member)


@pytest.fixture
def stranger_client(db: None) -> Client:
    """Return a browser that nobody has signed in: a stranger is nobody in the database."""
    return Client()


@pytest.fixture
def async_owner_client(
    async_client_of: Callable[[Person], AsyncClient], owner: Person
) -> AsyncClient:
    return async_client_of(owner)


@pytest.fixture
def async_member_client(
    async_client_of: Callable[[Person], AsyncClient], member: Person
) -> AsyncClient:
    return async_client_of(member)


@pytest.fixture
def async_stranger_client(db: None) -> AsyncClient:
    return AsyncClient()


@pytest.fixture
def signed_in() -> Callable[[Person], Client]:
    """Sign anybody in at a browser of their own, also twice."""

    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def async_client_of() -> Callable[[Person], AsyncClient]:
    def sign_in(person: Person) -> AsyncClient:
        client = AsyncClient()
        client.force_login(person)
        return client

    return sign_in
