"""The process that renders: `python -m chatapp.rendering.worker`, started by `renderer`."""
