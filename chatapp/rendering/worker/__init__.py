"""The render worker: `python -m chatapp.rendering.worker`, started by `renderer`."""
