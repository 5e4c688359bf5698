"""The weather at a place, from Open-Meteo: names to places, places to what is measured there."""
