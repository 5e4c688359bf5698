"""How a server starts: its socket, what it needs, what it reports."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.management import call_command

from chatapp.inference import Service
from chatapp.management.commands import serve
from chatapp.server import logs, startup, static_files


@pytest.mark.parametrize(
    ("host", "command"), [("127.0.0.1", "make run"), ("", "python manage.py serve")]
)
def test_a_port_that_is_in_use_is_named_with_the_way_out(host: str, command: str) -> None:
    with startup.listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as end:
            startup.listen(host, port)

    sentence, other = str(end.value.code), port + 1000 if port < 64536 else port - 1000
    assert sentence == f"Port {port} is in use. Use another one: PORT={other} {command}"


def test_a_machine_without_ipv6_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    create = socket.create_server

    def without_ipv6(*args: Any, **options: Any) -> socket.socket:
        if options.get("family") == socket.AF_INET6:
            raise OSError(97, "Address family not supported by protocol")
        return create(*args, **options)

    monkeypatch.setattr(socket, "has_dualstack_ipv6", lambda: True)
    monkeypatch.setattr(socket, "create_server", without_ipv6)

    with startup.listen("", 0) as listening:
        assert listening.family == socket.AF_INET


def test_a_server_without_static_files_names_the_command(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    startup.require_startable()
    settings.STATIC_ROOT = tmp_path

    assert not static_files.is_built()
    with pytest.raises(SystemExit, match="collectstatic"):
        startup.require_startable()


def test_a_server_without_a_key_does_not_start(settings: Any) -> None:
    settings.SECRET_KEY_IS_THROWAWAY = True

    with pytest.raises(SystemExit, match="SECRET_KEY is missing"):
        startup.require_startable()


def test_the_first_line_of_the_log_names_what_is_used(settings: Any) -> None:
    settings.SERVICE = Service("heroku", "https://eu.inference.heroku.com", "inf-secret")
    settings.RELEASE = "v42"
    facts = startup.facts()

    assert (facts["service"], facts["version"]) == ("Heroku Managed Inference (eu)", "v42")
    assert "sqlite3" in facts["database"]
    assert "inf-secret" not in str(facts)


def test_make_run_reports_a_service_that_is_configured_in_part(settings: Any) -> None:
    settings.SERVICE = Service("none", missing="INFERENCE_KEY")

    lines = startup.local_lines("http://127.0.0.1:8000").splitlines()

    assert lines[0] == "Chat is ready: http://127.0.0.1:8000"
    assert lines[1].startswith("No model is connected: INFERENCE_KEY isn't set. Data is in ")


def test_a_terminal_gets_short_lines_and_whole_warnings() -> None:
    fields = {"outcome": "complete", "model": "demo", "seconds": 1.5, "reply": "8d1f"}
    ended = {"msg": "Reply ended", "levelno": logging.INFO, "levelname": "INFO", **fields}
    short = logs.ShortFormatter().format(logging.makeLogRecord(ended))
    warning = {**ended, "levelno": logging.WARNING, "levelname": "WARNING"}

    assert short[8:] == " Reply ended: complete, demo, 1.5"
    assert "reply=8d1f" in logs.ShortFormatter().format(logging.makeLogRecord(warning))


def test_the_development_server_is_refused() -> None:
    with pytest.raises(SystemExit, match="serve --local"):
        call_command("runserver")


def test_ctrl_c_while_packages_are_imported_ends_quietly(settings: Any, tmp_path: Path) -> None:
    # The first package that is imported presses it.
    (tmp_path / "django.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")

    ended = subprocess.run(
        [sys.executable, "manage.py", "serve", "--local"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path)},
        cwd=settings.ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert (ended.returncode, ended.stdout + ended.stderr) == (130, "")


@pytest.mark.parametrize("is_built", [True, False])
def test_a_first_local_start_reports_that_it_prepares(
    is_built: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serve, "is_built", lambda: is_built)
    for name in ("logs", "connections", "call_command", "build_if_changed"):
        monkeypatch.setattr(serve, name, Mock())

    serve.prepare(local=True)

    assert ("Preparing the database" in capsys.readouterr().err) is not is_built
