"""Tools that a model may call. Uses Django's settings and translations, but no models."""
