"""What the image worker may use."""

# Private memory. With the 16 MB of code that were measured the worker stays under 300 MB; the
# pixel limits of `reading` are chosen so that honest images do not get here.
MAX_DATA_BYTES = 272 * 1024 * 1024

# A worker whose app is gone has nobody to end a hang for it. Longer than the app waits.
MAX_SECONDS = 30
