"""Limits of memory, time and size for the image worker."""

# Private memory. With 16 MB of code (measured) the worker stays under 300 MB. The pixel limits of
# `readers` are chosen so that normal images need less.
MAX_DATA_BYTES = 272 * 1024 * 1024

# If the app has died, nobody else ends a worker that hangs. Longer than the app waits.
MAX_SECONDS = 30

# Parts of one long image. A message takes ten images, so two more fit; a request takes twenty.
MAX_PARTS = 8

# Of each part. The service accepts 5 MB of base64, which is 3.9 MB of bytes; this leaves a margin.
MAX_ENCODED_BYTES = 3_500_000

THUMBNAIL_EDGE = 384  # pixels: 192 on a screen of two per point
MAX_THUMBNAIL_BYTES = 4 * THUMBNAIL_EDGE**2  # no thumbnail takes more than its bare pixels
