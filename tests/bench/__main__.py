"""`python -m tests.bench [--rows delay,start]`: measures, prints, writes `docs/performance.md`.

Exits with 1 when a figure misses its reach. A run of some rows only prints, and so does one in
which a row broke.
"""

import argparse
import importlib
import pkgutil
import sys
import tempfile
import time
import traceback
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType

from tests.bench import rows
from tests.bench.figures import Figure
from tests.bench.harness import Bench
from tests.bench.report import markdown, surroundings, table_line
from tests.servers.processes import ROOT

REPORT = ROOT / "docs" / "performance.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rows", default="", help="only these, separated by commas")
    wanted = parser.parse_args().rows
    results: dict[str, tuple[ModuleType, list[Figure]]] = {}
    broken = []
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        bench = Bench(stack, Path(folder))
        for name, module in chosen(wanted).items():
            begin = time.monotonic()
            try:
                results[name] = module, module.measure(bench)
            except Exception:  # the other rows take a quarter of an hour, and are worth it
                traceback.print_exc()
                broken.append(name)
                continue
            print(f"{name} ({time.monotonic() - begin:.0f} s)", flush=True)
            for figure in results[name][1]:
                print("  " + table_line(figure), flush=True)
        if not wanted and not broken:
            REPORT.write_text(markdown(results, surroundings(bench.browser)))
    missed = [figure for _, figures in results.values() for figure in figures if not figure.holds]
    print(f"{len(missed)} missed" if missed else "all hold")
    if broken:
        print(f"broken: {', '.join(broken)}")
    return 1 if missed or broken else 0


def chosen(names: str) -> dict[str, ModuleType]:
    """The rows of a list separated by commas; all of them for an empty one."""
    known = row_modules()
    wanted = names.split(",") if names else list(known)
    if unknown := set(wanted) - set(known):
        sys.exit(f"No row {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return {name: known[name] for name in wanted}


def row_modules() -> dict[str, ModuleType]:
    found = sorted(module.name for module in pkgutil.iter_modules(rows.__path__))
    return {name: importlib.import_module(f"{rows.__name__}.{name}") for name in found}


if __name__ == "__main__":
    sys.exit(main())
