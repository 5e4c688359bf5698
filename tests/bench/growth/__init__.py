"""What must cost the same however many rows there are: run with some rows, and with twice as many.

Each file in `cases/` has one feature. A case is a function that fills an empty database with a
number of rows, and returns what to run: a request or any other callable, which may run often.
`rows/growth.py` runs all of them on SQLite and on Postgres. `opening.py` is a short example.
"""
