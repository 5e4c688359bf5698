"""Find a place by its name."""

from __future__ import annotations

import unicodedata

import msgspec
from django.conf import settings
from django.utils.translation import gettext

from chatapp.tools.json_client import Parameters, fetch_json
from chatapp.tools.tool import ToolFailed
from chatapp.tools.untrusted import plain_line

MAX_FOUND = 100  # the most that the service returns
MAX_OTHERS = 4  # other places with the same name to mention
# The service knows countries by their name and two letters; people also use these names.
OTHER_NAMES = {"usa": "us", "america": "us", "uk": "gb", "great britain": "gb", "uae": "ae"}


class Place(msgspec.Struct, frozen=True):
    """Hold a place of Open-Meteo's geocoding, which omits empty fields."""

    name: str
    latitude: float
    longitude: float
    admin1: str = ""
    admin2: str = ""
    country: str = ""
    country_code: str = ""

    @property
    def short_name(self) -> str:
        """Return a name such as "Portland, Oregon" or "Paris, France"."""
        wider = self.admin1 if self.country_code == "US" else self.country
        return plain_line(", ".join(filter(None, (self.name, wider))))

    @property
    def full_name(self) -> str:
        """Return a name such as "Portland, Oregon, United States"."""
        parts = dict.fromkeys(filter(None, (self.name, self.admin1, self.country)))
        return plain_line(", ".join(parts), 200)

    def is_in(self, area: str) -> bool:
        folded = _fold(area)
        areas = self.admin1, self.admin2, self.country, self.country_code
        return OTHER_NAMES.get(folded, folded) in map(_fold, areas)


class _Answer(msgspec.Struct):
    results: list[Place] = []


async def find(text: str) -> tuple[Place, list[str]]:
    """Return the place for a name such as "Portland, Oregon", and the full names of other places
    with the same name if `text` has no area. Raises ToolFailed.

    The service narrows a search by one area after a comma, and knows areas by many names. If that
    finds nothing, because an instance's own service is older or there is no such place, all places
    with the name are searched.
    """
    name, *areas = [part for part in map(str.strip, text.split(",")) if part] or [""]
    found = await _search(f"{name}, {areas[0]}") if areas else []
    if not found:
        everywhere = await _search(name)
        found = [place for place in everywhere if not areas or any(map(place.is_in, areas))]
        if not found:
            raise _nothing(name, areas, everywhere)
    # The service returns the most important place first, and sorting keeps the order of equals.
    found.sort(key=lambda place: -sum(map(place.is_in, areas)))
    return found[0], [] if areas else _others_of_name(found[0], found)


async def _search(name: str) -> list[Place]:
    parameters: Parameters = {"name": name, "count": MAX_FOUND, "language": "en"}
    answer = await fetch_json(
        "Open-Meteo", f"{settings.GEOCODING_URL}/v1/search", parameters, _Answer
    )
    return answer.results


def _others_of_name(meant: Place, found: list[Place]) -> list[str]:
    names = dict.fromkeys(place.full_name for place in found if place.name == meant.name)
    names.pop(meant.full_name)
    return list(names)[:MAX_OTHERS]


def _nothing(name: str, areas: list[str], everywhere: list[Place]) -> ToolFailed:
    if not everywhere:
        sentence = gettext(
            "No place called “%(name)s” was found. "
            "Write the town, then its state or country after a comma."
        )
        return ToolFailed(sentence % {"name": plain_line(name)})
    sentence = gettext("There is no %(name)s in %(area)s. There are: %(others)s.")
    others = list(dict.fromkeys(place.full_name for place in everywhere))[:MAX_OTHERS]
    words = {"name": plain_line(name), "area": plain_line(", ".join(areas))}
    return ToolFailed(sentence % {**words, "others": "; ".join(others)})


def _fold(text: str) -> str:
    """Return the text without accents, capitals and full stops."""
    apart = unicodedata.normalize("NFKD", text.replace(".", ""))
    return "".join(char for char in apart if not unicodedata.combining(char)).casefold()
