"""Modules that a package would import can be left out, for as long as it is imported."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from chatapp.server.optional_imports import left_out


def test_a_module_is_missing_within_the_block_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)

    with left_out("colorsys"), pytest.raises(ImportError):
        importlib.import_module("colorsys")

    assert importlib.import_module("colorsys")


def test_a_module_that_is_loaded_stays() -> None:
    with left_out("json"):
        assert importlib.import_module("json")


def test_joining_processes_loads_no_encryption() -> None:
    code = (
        "import os, sys, django; django.setup(); import chatapp.realtime.redis_connection;"
        "print('channels_redis.pubsub' in sys.modules, 'cryptography.hazmat' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"DJANGO_SETTINGS_MODULE": "chatapp.settings", "SECRET_KEY": "only for tests"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == ["True", "False"]
