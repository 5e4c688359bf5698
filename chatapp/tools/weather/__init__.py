"""Look up a place by name, and the weather at a place, with Open-Meteo."""
