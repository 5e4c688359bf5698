"""`python -m tests.bench.growth.process FACTOR`: runs the cases on the database of the environment.

Prepares all cases with FACTOR times their rows, and prints what each is and how many queries it
makes, as JSON. Then it reads the name of a case from each line of input, runs it once, and prints
the milliseconds of CPU that this process and its connection to Postgres used.
"""

import importlib
import json
import pkgutil
import sys
import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.bench.growth import cases
from tests.bench.growth.case import CASES, Run
from tests.bench.usage import thread_seconds

WARM_UPS = 3


def main(factor: int) -> None:
    for module in pkgutil.iter_modules(cases.__path__):
        importlib.import_module(f"{cases.__name__}.{module.name}")
    runs = {case.name: case.prepare(factor * case.rows) for case in CASES.values()}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as autovacuum does it, a minute later
    described = [
        {
            "name": case.name,
            "rows": factor * case.rows,
            "noun": case.noun,
            "queries": _queries(runs[case.name]),
        }
        for case in CASES.values()
    ]
    print(json.dumps(described), flush=True)
    for line in sys.stdin:
        print(_cpu(runs[line.strip()]), flush=True)


def _queries(run: Run) -> int:
    for _ in range(WARM_UPS):  # the first one may look something up once
        run()
    with CaptureQueriesContext(connection) as captured:
        run()
    return len(captured)


def _cpu(run: Run) -> float:
    before = _seconds()
    run()
    return (_seconds() - before) * 1000


def _seconds() -> float:
    used = time.process_time()
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        used += thread_seconds(connection.connection.info.backend_pid)
    return used


if __name__ == "__main__":
    main(int(sys.argv[1]))
