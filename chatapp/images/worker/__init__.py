"""The image worker: `python -m chatapp.images.worker`, started by `worker_queue`.

It imports neither Django nor the settings, inherits no secrets, and may be killed at any time, so a
codec that crashes, hangs or eats memory costs one image. If an image takes over a codec, this only
limits the damage, because the worker runs as the same user as the app.
"""
