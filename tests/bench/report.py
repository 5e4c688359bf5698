"""The figures as a table for the terminal and as `docs/performance.md`."""

import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Browser

from tests.bench.figures import Figure
from tests.servers.processes import ROOT

MAX_RAW = 40  # samples written out; of more the table's statistics have to do
HEAD = """\
# Performance

Written by `make bench`; do not edit. All servers, the model and the browser ran on one machine. A
floor is a bare page on a bare server (or what the cell names) on the same model server, measured
in the same run. Where a floor is stated, a figure holds if ours ÷ floor now is at most the
ratio of the stated ones; the limit is what that allows on this machine. A factor after a reach is
how much slower this machine is than the one that the reach is for.
"""

Results = Mapping[str, tuple[Any, Sequence[Figure]]]


def surroundings(browser: Browser) -> dict[str, str]:
    """What the figures depend on besides the code."""
    described = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    commit = subprocess.run(described, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    return {
        "Commit": commit or "unknown",
        "Date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "Cores": str(os.cpu_count()),
        "System": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "Browser": f"Chromium {browser.version}",
    }


def markdown(results: Results, facts: Mapping[str, str]) -> str:
    lines = [HEAD, *(f"- {name}: {value}" for name, value in facts.items()), ""]
    lines += ["| Figure | Ours | Floor now | Ours ÷ floor | Reach | Limit now | |"]
    lines += ["| --- | --- | --- | --- | --- | --- | --- |"]
    lines += [table_line(figure) for _, figures in results.values() for figure in figures]
    for row, figures in results.values():
        lines += ["", *_section(row, figures)]
    return "\n".join(lines) + "\n"


def table_line(figure: Figure) -> str:
    verdict = "holds" if figure.holds else "**missed**"
    if figure.reach is None:
        verdict = "reported"
    cells = (
        figure.name,
        _value(figure.ours, figure.unit),
        _floor(figure),
        "–" if figure.ratio is None else f"{figure.ratio:.2f}",
        _reach(figure),
        _value(figure.limit, figure.unit),
        verdict,
    )
    return f"| {' | '.join(cells)} |"


def _section(row: Any, figures: Sequence[Figure]) -> list[str]:
    heading, _, how = row.__doc__.strip().partition("\n\n")
    lines = [f"## {heading.removesuffix('.')}", "", *([how, ""] if how else [])]
    return lines + [line for figure in figures for line in _raw(figure)]


def _raw(figure: Figure) -> list[str]:
    lines = [f"- {figure.name}" + (f": {figure.statistic}" if figure.statistic else "")]
    if figure.samples:
        lines.append(f"  - ours: {_samples(figure.samples)} {figure.unit}")
    if figure.floor_samples:
        lines.append(f"  - {figure.floor_name}: {_samples(figure.floor_samples)} {figure.unit}")
    if figure.others:
        lines.append(f"  - others: {figure.others}")
    return lines


def _samples(samples: Sequence[float]) -> str:
    if len(samples) > MAX_RAW:
        return f"{len(samples)} samples from {_number(min(samples))} to {_number(max(samples))}"
    return ", ".join(map(_number, samples))


def _floor(figure: Figure) -> str:
    text = _value(figure.floor, figure.unit)
    return text if figure.floor_name == "floor" else f"{text} ({figure.floor_name})"


def _reach(figure: Figure) -> str:
    if figure.reach is None:
        return "–"
    if figure.stated_floor == 1:
        return f"{figure.reach:g} × {figure.floor_name}"
    text = _value(figure.reach, figure.unit)
    if figure.slowness != 1:
        return f"{text} × {figure.slowness:.2f}"
    stated = figure.stated_floor
    return text if stated is None else f"{text} at a floor of {_number(stated)}"


def _value(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{_number(value)} {unit}".strip()


def _number(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    return f"{value:.1f}" if abs(value) >= 3 else f"{value:.2f}"
