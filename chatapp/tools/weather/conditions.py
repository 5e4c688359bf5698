"""Fetch the current weather at a place, and describe it with units."""

from __future__ import annotations

from typing import Literal

import msgspec
from django.conf import settings

from chatapp.tools.json_client import Parameters, fetch_json
from chatapp.tools.untrusted import plain_line

from .places import Place

Units = Literal["metric", "imperial"]

# Parameters for imperial units; metric units are the default.
IMPERIAL = {
    "temperature_unit": "fahrenheit",
    "wind_speed_unit": "mph",
    "precipitation_unit": "inch",
}
# Units of temperature, wind speed and precipitation.
SIGNS = {"metric": ("°C", "km/h", "mm"), "imperial": ("°F", "mph", "in")}
DIRECTIONS = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")

# The part of WMO's code table 4677 that Open-Meteo uses.
WORDS = {
    0: "clear sky",
    1: "mainly clear",
    2: "partly cloudy",
    3: "overcast",
    45: "fog",
    48: "depositing rime fog",
    51: "light drizzle",
    53: "moderate drizzle",
    55: "dense drizzle",
    56: "light freezing drizzle",
    57: "dense freezing drizzle",
    61: "slight rain",
    63: "moderate rain",
    65: "heavy rain",
    66: "light freezing rain",
    67: "heavy freezing rain",
    71: "slight snowfall",
    73: "moderate snowfall",
    75: "heavy snowfall",
    77: "snow grains",
    80: "slight rain showers",
    81: "moderate rain showers",
    82: "violent rain showers",
    85: "slight snow showers",
    86: "heavy snow showers",
    95: "thunderstorm",
    96: "thunderstorm with slight hail",
    99: "thunderstorm with heavy hail",
}


class Observation(msgspec.Struct, frozen=True):
    """Hold an observation. `time` is local and without a zone; any measurement may be missing."""

    time: str
    temperature_2m: float | None = None
    apparent_temperature: float | None = None
    relative_humidity_2m: float | None = None
    precipitation: float | None = None
    weather_code: int | None = None
    cloud_cover: float | None = None
    wind_speed_10m: float | None = None
    wind_direction_10m: float | None = None
    wind_gusts_10m: float | None = None


class _Answer(msgspec.Struct):
    current: Observation
    timezone: str = "UTC"


async def fetch_conditions(place: Place, units: Units) -> dict[str, object]:
    """Return the current weather with units. Raises ToolFailed."""
    fields = [field for field in Observation.__struct_fields__ if field != "time"]
    parameters: Parameters = {
        "latitude": place.latitude,
        "longitude": place.longitude,
        "current": ",".join(fields),
        "timezone": "auto",
        **(IMPERIAL if units == "imperial" else {}),
    }
    url = f"{settings.WEATHER_URL}/v1/forecast"
    answer = await fetch_json("Open-Meteo", url, parameters, _Answer)
    observed = {"time": plain_line(answer.current.time), "time_zone": plain_line(answer.timezone)}
    return observed | describe(answer.current, units)


def describe(now: Observation, units: Units) -> dict[str, object]:
    """Return all measurements with their units."""
    degrees, speed, height = SIGNS[units]
    facts = {
        "conditions": WORDS.get(now.weather_code if now.weather_code is not None else -1),
        "temperature": _with(now.temperature_2m, degrees),
        "feels_like": _with(now.apparent_temperature, degrees),
        "humidity": _with(now.relative_humidity_2m, "%"),
        "precipitation": _with(now.precipitation, height),
        "cloud_cover": _with(now.cloud_cover, "%"),
        "wind": _with(now.wind_speed_10m, speed),
        "wind_from": _direction(now.wind_direction_10m),
        "gusts": _with(now.wind_gusts_10m, speed),
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


def _with(number: float | None, unit: str) -> str | None:
    return None if number is None else f"{number:g} {unit}"


def _direction(degrees: float | None) -> str | None:
    """Return where the wind comes from; 360° is north again."""
    return None if degrees is None else DIRECTIONS[round(degrees / 45) % len(DIRECTIONS)]
