"""`make bench`: the figures that the app has to reach, measured beside bare floors.

One file per row in `rows/`, each with `measure(bench) -> list[Figure]` and a docstring that says
what is measured and how; the first line becomes its heading in `docs/performance.md`. A new row
is a new file.
"""
