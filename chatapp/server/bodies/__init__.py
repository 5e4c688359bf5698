"""Limit how much of a request's body is read.

Django writes the whole body to a temporary file and parses forms before any view, so before it
checks who sends them: without a limit a stranger could fill the disk and the memory.

Anybody may send `MAX_BODY_BYTES`. The pages in `LARGE_BODY_BYTES` accept more from a person whose
session is in the database, as multipart/form-data, while there is capacity, and for a limited time.
Everything else is refused before more is read.
"""
