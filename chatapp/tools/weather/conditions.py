"""What is measured at a place now, in words and with units."""

from __future__ import annotations

from typing import Literal

import msgspec
from django.conf import settings

from chatapp.tools.outside import plain_line
from chatapp.tools.services import Parameters, ask

from .places import Place

Units = Literal["metric", "imperial"]

# Asked for by these names, beside the metric ones that are the default.
IMPERIAL = {
    "temperature_unit": "fahrenheit",
    "wind_speed_unit": "mph",
    "precipitation_unit": "inch",
}
# Temperature, speed, height of rain.
SIGNS = {"metric": ("°C", "km/h", "mm"), "imperial": ("°F", "mph", "in")}
DIRECTIONS = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")

# WMO's code table 4677 as far as Open-Meteo uses it.
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


class Current(msgspec.Struct, frozen=True):
    """`time` is local and without a zone. Any measurement may be missing."""

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


class _Forecast(msgspec.Struct):
    current: Current
    timezone: str = "UTC"


async def current(place: Place, units: Units) -> dict[str, object]:
    """Raises ToolFailed."""
    asked = [field for field in Current.__struct_fields__ if field != "time"]
    parameters: Parameters = {
        "latitude": place.latitude,
        "longitude": place.longitude,
        "current": ",".join(asked),
        "timezone": "auto",
        **(IMPERIAL if units == "imperial" else {}),
    }
    url = f"{settings.WEATHER_URL}/v1/forecast"
    answer = await ask("Open-Meteo", url, parameters, _Forecast)
    observed = {"time": plain_line(answer.current.time), "time_zone": plain_line(answer.timezone)}
    return observed | in_words(answer.current, units)


def in_words(now: Current, units: Units) -> dict[str, object]:
    """Everything that was measured, with its unit."""
    degrees, speed, height = SIGNS[units]
    words = {
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
    return {name: word for name, word in words.items() if word is not None}


def _with(number: float | None, unit: str) -> str | None:
    return None if number is None else f"{number:g} {unit}"


def _direction(degrees: float | None) -> str | None:
    """Where the wind comes from; 360° is north again."""
    return None if degrees is None else DIRECTIONS[round(degrees / 45) % len(DIRECTIONS)]
