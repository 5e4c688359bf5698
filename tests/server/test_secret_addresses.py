"""Addresses that are keys stay out of the log, whoever logs them."""

import io
import logging
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.conf import settings
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.people.views import joining
from chatapp.server import logs
from chatapp.server.secret_addresses import SecretAddressFilter

KEY = "Abc-dEf_123456789012345_"
PATHS = [f"/join/{KEY}/", f"/s/{KEY}/password", f"/account/reset/1z-{KEY}/"]
PATHS.append(f"/account/email/{KEY}:1abc:{KEY}/")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Collect what the handler of the configuration would print."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.line_formatter())
    names = settings.LOGGING["handlers"]["console"]["filters"]
    assert "addresses" in names
    handler.addFilter(SecretAddressFilter())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("path", PATHS)
def test_a_refused_form_is_logged_without_the_key(db: None, log: io.StringIO, path: str) -> None:
    answer = Client(enforce_csrf_checks=True).post(path, headers={"x-request-id": "7"})

    assert answer.status_code in (403, 404)
    assert KEY not in log.getvalue()


def test_an_error_is_logged_without_the_key_and_with_the_id_of_the_request(
    owner: Person, log: io.StringIO
) -> None:
    client = Client(raise_request_exception=False)
    with patch.object(joining, "load_person", side_effect=ZeroDivisionError):
        answer = client.get(f"/join/{KEY}/", headers={"x-request-id": "router-7"})

    assert answer.status_code == 500
    assert "Internal Server Error: /join/…/" in log.getvalue()
    assert "ZeroDivisionError" in log.getvalue()
    assert "request=router-7" in log.getvalue()
    assert KEY not in log.getvalue()


@pytest.mark.parametrize("message", ["GET /static/s.css", "24/s/worker", "Joined /joining/them/"])
def test_other_messages_stay_as_they_are(message: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, message, (), None)

    assert SecretAddressFilter().filter(record)
    assert record.getMessage() == message
