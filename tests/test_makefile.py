"""`make run` finds a Python that works, and makes a broken environment again."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.ROOT
PIP = """case "$*" in *"pip install"*)
seq 10 | sed "s/^/Collecting package/"
echo "  Downloading small.whl (12 kB)"
echo "  Downloading large.whl (5.1 MB)"
mkdir -p {package}
echo "Installing collected packages: package1, package2"
cat {gate};; esac"""
MANAGED = ".pyenv/versions/3.12.1/bin/python3"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    return folder


def program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def planned(checkout: Path) -> str:
    """Return the commands that `make run` would run, where the names on the path are refused."""
    refused = checkout.parent / "shims"
    program(checkout.parent / MANAGED, "echo /found/python3.12")
    for name in ("python3.12", "python3.13", "python3.14", "python3"):
        program(refused / name, "exit 127")
    environment = {"PATH": f"{refused}:{os.environ['PATH']}", "HOME": str(checkout.parent)}
    plan = subprocess.run(
        ["make", "-n", "run"], cwd=checkout, env=environment, capture_output=True, text=True
    )
    assert plan.returncode == 0, plan.stderr
    return plan.stdout


def test_what_a_version_manager_installed_is_found(checkout: Path) -> None:
    assert "/found/python3.12 -m venv .venv" in planned(checkout)


@pytest.mark.parametrize("is_gone", [True, False])
def test_an_environment_whose_python_does_not_run_is_made_again(
    checkout: Path, is_gone: bool
) -> None:
    python = checkout / ".venv" / "bin" / "python"
    if is_gone:
        python.parent.mkdir(parents=True)
        python.symlink_to("/nowhere/python3.13")
    else:
        program(python, "exit 1")  # without pip, because making it was interrupted
    (python.parent / ".installed").touch()

    commands = planned(checkout)

    assert not (checkout / ".venv").exists()
    assert "/found/python3.12 -m venv .venv" in commands
    assert "--require-hashes -r requirements.txt" in commands


def test_the_installation_reports_what_it_does(checkout: Path) -> None:
    python, gate = checkout / ".venv" / "bin" / "python", checkout / "gate"
    package = checkout / ".venv" / "lib" / "python3.13" / "site-packages" / "one.dist-info"
    os.mkfifo(gate)
    program(python, PIP.format(package=package, gate=gate))

    make = subprocess.Popen(
        ["make", ".venv/bin/.installed", "REPORT_SECONDS=0.01"],
        cwd=checkout,
        env={"PATH": os.environ["PATH"]},  # without what `make test` passes on
        stdout=subprocess.PIPE,
        text=True,
    )
    assert make.stdout
    lines = [make.stdout.readline() for _ in range(5)]
    gate.write_text("")  # as far as here while pip still works
    make.communicate()

    assert make.returncode == 0
    assert lines == [
        "Installing the packages (once, a minute or two)…\n",
        "  10 packages\n",
        "  downloading large.whl (5.1 MB)\n",
        "  unpacking 10 packages\n",
        "  1 unpacked\n",
    ]


def test_an_environment_that_works_is_kept(checkout: Path) -> None:
    program(checkout / ".venv" / "bin" / "python", "exit 0")
    (checkout / ".venv" / "bin" / ".installed").touch()

    assert planned(checkout).splitlines() == [".venv/bin/python manage.py serve --local"]
