"""A server on loopback that answers as Open-Meteo's documentation says."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fetching.site import LOOPBACK, Site, reply

# Name, state, country, its two letters, latitude, longitude; the most important first.
PLACES = [
    ("Portland", "Oregon", "United States", "US", 45.52345, -122.67621),
    ("Portland", "Maine", "United States", "US", 43.65737, -70.2589),
    ("Portland", "Victoria", "Australia", "AU", -38.33333, 141.6),
    ("Paris", "Île-de-France", "France", "FR", 48.85341, 2.3488),
    ("Paris", "Texas", "United States", "US", 33.66094, -95.55551),
    ("Springfield", "Missouri", "United States", "US", 37.21533, -93.29824),
    ("Springfield", "Massachusetts", "United States", "US", 42.10148, -72.58981),
    ("Springfield", "Massachusetts", "United States", "US", 42.11, -72.53),
    ("Springfield", "Illinois", "United States", "US", 39.80172, -89.64371),
    ("Springfield", "Oregon", "United States", "US", 44.04624, -123.02203),
    ("Springfield", "Ohio", "United States", "US", 39.92423, -83.80882),
    ("Springfield", "Vermont", "United States", "US", 43.29841, -72.48231),
    ("London", "England", "United Kingdom", "GB", 51.50853, -0.12574),
    ("Monaco", "", "Monaco", "MC", 43.73718, 7.42145),
]
ABBREVIATIONS = {"or": "oregon", "me": "maine", "tx": "texas"}
NOW = {
    "temperature_2m": 7.3,
    "apparent_temperature": 4.0,
    "relative_humidity_2m": 81,
    "precipitation": 0.2,
    "weather_code": 61,
    "cloud_cover": 100,
    "wind_speed_10m": 12.2,
    "wind_direction_10m": 225,
    "wind_gusts_10m": 30.1,
}


class OpenMeteo(Site):
    """Both of its services in one. One that is `older` reads no area after a comma."""

    def __init__(self, older: bool = False) -> None:
        super().__init__(self._reply)
        self.older = older
        self.now: dict[str, Any] = dict(NOW)

    @property
    def base(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def questions(self, path: str) -> list[dict[str, str]]:
        """The parameters of the requests for a path, in their order."""
        return [
            parameters for asked, parameters in map(taken_apart, self.requests) if asked == path
        ]

    async def _reply(self, writer: asyncio.StreamWriter) -> None:
        writer.write(self.answer_to(self.requests[-1]))
        await writer.drain()

    def answer_to(self, request: str) -> bytes:
        path, parameters = taken_apart(request)
        answers = {"/v1/search": self._search, "/v1/forecast": self._forecast}
        return in_json(answers[path](parameters))

    def _search(self, parameters: dict[str, str]) -> dict[str, Any]:
        name, comma, rest = parameters["name"].partition(",")
        area = rest.split(",")[0].strip().casefold()
        if comma and self.older:
            return {"generationtime_ms": 0.5}
        found = [place for place in PLACES if is_found(place[0].casefold(), name.casefold())]
        if area:
            area = ABBREVIATIONS.get(area, area)
            found = [place for place in found if area in [part.casefold() for part in place[1:4]]]
        answer: dict[str, Any] = {"generationtime_ms": 0.5}
        if found:  # fields that are empty are not returned
            answer["results"] = [in_full(place) for place in found[: int(parameters["count"])]]
        return answer

    def _forecast(self, parameters: dict[str, str]) -> dict[str, Any]:
        fields = parameters["current"].split(",")
        return {
            "latitude": float(parameters["latitude"]),
            "longitude": float(parameters["longitude"]),
            "generationtime_ms": 0.06,
            "utc_offset_seconds": -28800,
            "timezone": "America/Los_Angeles",
            "timezone_abbreviation": "GMT-8",
            "elevation": 12.0,
            "current_units": {"time": "iso8601", "interval": "seconds"},
            "current": {"time": "2026-01-17T14:00", "interval": 900}
            | {field: self.now.get(field) for field in fields},
        }


def taken_apart(request: str) -> tuple[str, dict[str, str]]:
    target = urlsplit(request.split(" ")[1])
    return target.path, dict(parse_qsl(target.query, keep_blank_values=True))


def is_found(name: str, searched: str) -> bool:
    """One character finds nothing, two only what is called so, more all that begins so."""
    return len(searched) > 1 and (
        name == searched or (len(searched) > 2 and name.startswith(searched))
    )


def in_full(place: tuple[str, str, str, str, float, float]) -> dict[str, Any]:
    names = ("name", "admin1", "country", "country_code", "latitude", "longitude")
    fields = {name: value for name, value in zip(names, place, strict=True) if value}
    return {"id": 1, "elevation": 15.0, "feature_code": "PPL", "population": 1} | fields


def in_json(answer: Any, status: str = "200 OK") -> bytes:
    body = json.dumps(answer).encode()
    return reply(status, body, Content_Type="application/json; charset=utf-8")
