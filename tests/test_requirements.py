"""The pins: complete, with hashes, and the same in both files."""

from __future__ import annotations

import itertools
import re
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.bench.installed import installed_mb

ROOT: Path = settings.ROOT
PIN = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)(.*)$", re.MULTILINE)
PYTHONS = ("3.12", "3.13", "3.14")
PLATFORMS = (("linux", "Linux", "x86_64"), ("darwin", "Darwin", "arm64"))


def pins(name: str) -> dict[str, tuple[str, str]]:
    """Return versions and the rest of each pin, its hashes above all."""
    found = PIN.findall((ROOT / name).read_text().replace(" \\\n", ""))
    return {canonicalize_name(package): (version, rest) for package, version, rest in found}


def versions(name: str) -> dict[str, str]:
    return {package: version for package, (version, _rest) in pins(name).items()}


def environments() -> list[dict[str, str]]:
    return [
        {
            "python_version": python,
            "python_full_version": f"{python}.0",
            "sys_platform": platform,
            "platform_system": system,
            "platform_machine": machine,
            "platform_python_implementation": "CPython",
            "implementation_name": "cpython",
            "os_name": "posix",
        }
        for python, (platform, system, machine) in itertools.product(PYTHONS, PLATFORMS)
    ]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_has_hashes(name: str) -> None:
    text = (ROOT / name).read_text()

    assert len(pins(name)) == text.count("==") - text.count(" == ") > 80
    assert all("--hash=sha256:" in rest for _version, rest in pins(name).values())


def test_the_tests_run_with_what_is_deployed() -> None:
    assert versions("requirements.txt").items() <= versions("requirements-dev.txt").items()
    assert versions("requirements.in").items() <= versions("requirements.txt").items()
    assert versions("requirements-dev.in").items() <= versions("requirements-dev.txt").items()


def test_the_packages_of_an_installation_stay_small() -> None:
    sizes = installed_mb()

    assert len(sizes) > 80
    assert sum(sizes.values()) < 350


def test_what_the_packages_need_is_pinned_on_every_platform_and_python() -> None:
    pinned = versions("requirements.txt")
    direct = re.findall(
        r"^[\w.-]+\[[\w,]+\]|^[\w.-]+(?===)", (ROOT / "requirements.in").read_text(), re.M
    )
    queue = [(canonicalize_name(one.name), tuple(one.extras)) for one in map(Requirement, direct)]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while queue:
        package, extras = queue.pop()
        assert package in pinned, package
        if (package, extras) in seen or package not in _installed():
            continue
        seen.add((package, extras))
        for line in metadata.requires(package) or []:
            needed = Requirement(line)
            if _applies(needed, extras):
                queue.append((canonicalize_name(needed.name), tuple(needed.extras)))
    assert len(seen) > 60


@cache
def _installed() -> set[str]:
    return {canonicalize_name(found.name) for found in metadata.distributions()}


def _applies(needed: Requirement, extras: tuple[str, ...]) -> bool:
    if not needed.marker:
        return True
    tried = itertools.product(environments(), ("", *extras))
    return any(needed.marker.evaluate({**each, "extra": extra}) for each, extra in tried)
