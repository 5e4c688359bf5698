"""The process that opens images: `python -m chatapp.images.worker`, started by `worker_queue`.

It imports neither Django nor the settings, inherits no secrets, and may be killed at any time: a
codec that crashes, hangs or eats memory costs one image. It keeps accidents out; against a codec
that was taken over it only lowers the stakes, since it runs as the same user.
"""
