"""Finds a browser: one that is installed, else Playwright's own, else none."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

# The shell is the same browser without windows: the tests take two thirds of the time in it.
SHELL = "chromium-headless-shell"
FULL = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL_SECONDS = 300
# Without these a browser as root doesn't start, and one without a network asks its maker's hosts.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@cache
def find_browser() -> str | None:
    """The path of a browser, CHROMIUM or else the first that is found; None when there is none."""
    return os.environ.get("CHROMIUM") or _installed(SHELL, *FULL) or _playwrights_own()


@cache
def find_full_browser() -> str | None:
    """The path of one that keeps pages in memory to go back to, as the shell does not."""
    named = os.environ.get("CHROMIUM", SHELL)
    return (named if SHELL not in named else _installed(*FULL)) or _playwrights_own()


def _installed(*names: str) -> str | None:
    return next((path for name in names if (path := shutil.which(name))), None)


def _playwrights_own() -> str | None:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=INSTALL_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    place = [sys.executable, "-c", _PRINT_PATH]
    path = subprocess.run(place, check=True, capture_output=True, text=True).stdout.strip()
    return path if Path(path).exists() else None


_PRINT_PATH = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def launch_arguments() -> dict[str, object]:
    return {"executable_path": find_browser(), "args": ARGUMENTS}
