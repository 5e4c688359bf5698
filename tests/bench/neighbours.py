"""`python -m tests.bench.neighbours`: sets off bombs, and prints what other people notice.

`tests/bench/shared_server.py` describes what is measured, `tests/bench/impact.py` has the limits.
Exits with 1 when a bomb passes one of them.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench.impact import HEAD
from tests.bench.shared_server import PATIENCE, TRIES, SharedServer, shared_server
from tests.rendering.bombs import BOMBS, SIZES, TURNS, mixtures


async def report(place: SharedServer, bombs: Sequence[tuple[str, int]], seed: int) -> list[str]:
    """Print the impact of each bomb, and return a line for each that is too much, with the command
    that shows it again."""
    print(HEAD, flush=True)
    calm = await place.calm()
    print(calm.line, flush=True)
    missed = []
    for name, size in bombs:
        impact = await place.gentlest(name, size, seed, calm)
        print(impact.line, flush=True)
        if misses := impact.misses(calm):
            missed.append(f"{name}, {size:,}: {'; '.join(misses)}\n    {impact.replay}")
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.neighbours")
    parser.add_argument("names", nargs="*", help="bombs; all without any")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES.values())), help="characters")
    seed = int(os.environ.get("FUZZ_SEED", "0"))
    parser.add_argument("--seed", type=int, default=seed, help="decides where texts are divided")
    parser.add_argument("--mixtures", type=int, default=0, help="how many, from the seed on")
    parser.add_argument("--rate", type=float, default=0, help="deltas a second; 0: full speed")
    parser.add_argument("--tries", type=int, default=TRIES, help="at a bomb that is too much")
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds for one bomb")
    given = parser.parse_args()
    names = given.names or [*BOMBS, *TURNS, *mixtures(given.seed, given.mixtures)]
    bombs = [(name, int(size)) for size in given.sizes.split(",") for name in names]
    with tempfile.TemporaryDirectory() as folder, shared_server(Path(folder)) as place:
        place.patience, place.tries, place.rate = given.patience, given.tries, given.rate
        missed = asyncio.run(report(place, bombs, given.seed))
    print("\n".join([f"{len(missed)} missed", *missed]) if missed else "all hold")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
