"""From what people call a place to where it is."""

from __future__ import annotations

import unicodedata

import msgspec
from django.conf import settings
from django.utils.translation import gettext

from chatapp.tools.outside import plain_line
from chatapp.tools.services import Parameters, ask
from chatapp.tools.tool import ToolFailed

MAX_FOUND = 100  # the most that the service gives
MAX_NAMED = 4  # of other places that were not meant
# A country is known by its name and its two letters; these are neither.
OTHER_NAMES = {"usa": "us", "america": "us", "uk": "gb", "great britain": "gb", "uae": "ae"}


class Place(msgspec.Struct, frozen=True):
    """As the geocoding of Open-Meteo gives it: fields that are empty are left out."""

    name: str
    latitude: float
    longitude: float
    admin1: str = ""
    admin2: str = ""
    country: str = ""
    country_code: str = ""

    @property
    def short_name(self) -> str:
        """Portland, Oregon; Paris, France."""
        wider = self.admin1 if self.country_code == "US" else self.country
        return plain_line(", ".join(filter(None, (self.name, wider))))

    @property
    def full_name(self) -> str:
        """Portland, Oregon, United States."""
        parts = dict.fromkeys(filter(None, (self.name, self.admin1, self.country)))
        return plain_line(", ".join(parts), 200)

    def lies_in(self, area: str) -> bool:
        folded = _folded(area)
        areas = self.admin1, self.admin2, self.country, self.country_code
        return OTHER_NAMES.get(folded, folded) in map(_folded, areas)


class _Answer(msgspec.Struct):
    results: list[Place] = []


async def find(text: str) -> tuple[Place, list[str]]:
    """The place that is meant by a name such as "Portland, Oregon", and the full names of others
    that are called the same, where nothing says which is meant. Raises ToolFailed.

    The service narrows a search by one area after a comma, and knows areas by many names. Where
    that finds nothing, because somebody's own service is an older one or because there is no such
    place, all places of the name are looked at.
    """
    name, *areas = [part for part in map(str.strip, text.split(",")) if part] or [""]
    found = await _search(f"{name}, {areas[0]}") if areas else []
    if not found:
        everywhere = await _search(name)
        found = [one for one in everywhere if not areas or any(map(one.lies_in, areas))]
        if not found:
            raise _nothing(name, areas, everywhere)
    # The service gives the most important first, and sorting leaves equals as they are.
    found.sort(key=lambda one: -sum(map(one.lies_in, areas)))
    return found[0], [] if areas else _called_alike(found[0], found)


async def _search(name: str) -> list[Place]:
    parameters: Parameters = {"name": name, "count": MAX_FOUND, "language": "en"}
    answer = await ask("Open-Meteo", f"{settings.GEOCODING_URL}/v1/search", parameters, _Answer)
    return answer.results


def _called_alike(meant: Place, found: list[Place]) -> list[str]:
    names = dict.fromkeys(one.full_name for one in found if one.name == meant.name)
    names.pop(meant.full_name)
    return list(names)[:MAX_NAMED]


def _nothing(name: str, areas: list[str], everywhere: list[Place]) -> ToolFailed:
    if not everywhere:
        sentence = gettext(
            "No place called “%(name)s” was found. "
            "Give the town, then its state or country after a comma."
        )
        return ToolFailed(sentence % {"name": plain_line(name)})
    sentence = gettext("There is no %(name)s in %(area)s. There are: %(others)s.")
    others = list(dict.fromkeys(one.full_name for one in everywhere))[:MAX_NAMED]
    words = {"name": plain_line(name), "area": plain_line(", ".join(areas))}
    return ToolFailed(sentence % {**words, "others": "; ".join(others)})


def _folded(text: str) -> str:
    """Without accents, capitals and full stops."""
    apart = unicodedata.normalize("NFKD", text.replace(".", ""))
    return "".join(char for char in apart if not unicodedata.combining(char)).casefold()
