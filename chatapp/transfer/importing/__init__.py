"""Bringing in what another product, or this one, exported."""
