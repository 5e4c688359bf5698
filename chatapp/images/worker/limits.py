"""Limits of memory and time for the image worker."""

# Private memory. With 16 MB of code (measured) the worker stays under 300 MB. The pixel limits of
# `readers` are chosen so that normal images need less.
MAX_DATA_BYTES = 272 * 1024 * 1024

# If the app has died, nobody else ends a worker that hangs. Longer than the app waits.
MAX_SECONDS = 30
