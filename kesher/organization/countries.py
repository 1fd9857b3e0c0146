"""What is usual in a country: where its money, its week and its clock begin."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_territory_currencies

UNREAL = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
BUSIEST_ZONES = {  # where a country has several, most people live by this one
    "AU": "Australia/Sydney", "BR": "America/Sao_Paulo", "CA": "America/Toronto",
    "CY": "Asia/Nicosia", "DE": "Europe/Berlin", "ES": "Europe/Madrid", "MX": "America/Mexico_City",
    "NZ": "Pacific/Auckland", "PT": "Europe/Lisbon", "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv", "US": "America/New_York",
}  # fmt: skip


@dataclass(frozen=True)
class Country:
    """Currency, zone, first day of the week and days off; Monday is 0."""

    currency: str
    time_zone: str
    week_start: int
    weekend: tuple[int, ...]


@cache
def usual_in(code: str) -> Country:
    """What most businesses of a country use; whoever differs changes it in the settings."""
    try:
        local = Locale.parse(f"und_{code}")
    except (UnknownLocaleError, ValueError):
        return Country("EUR", "Europe/London", 0, (5, 6))
    first, last = local.weekend_start, local.weekend_end
    days = (last - first) % 7 + 1
    return Country(
        currency=(get_territory_currencies(code) or ["EUR"])[0],
        time_zone=_zone_of(code),
        week_start=local.first_week_day,
        weekend=tuple(sorted((first + day) % 7 for day in range(days))),
    )


def _zone_of(code: str) -> str:
    known = available_timezones()
    if BUSIEST_ZONES.get(code) in known:
        return BUSIEST_ZONES[code]
    zones = (zone for zone, place in get_global("zone_territories").items() if place == code)
    return next((zone for zone in zones if zone in known), "Europe/London")


@cache
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Code and name of every country, in the order of the language."""
    names = Locale.parse(language).territories
    real = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha()]
    return tuple(sorted((c for c in real if c[0] not in UNREAL), key=lambda pair: pair[1]))


@cache
def currencies(language: str) -> tuple[tuple[str, str], ...]:
    """Code and name of every currency in use somewhere."""
    used = {
        money for code, _name in countries(language) for money in get_territory_currencies(code)
    }
    names = Locale.parse(language).currencies
    return tuple(sorted((code, f"{code} · {names.get(code, code)}") for code in used))


@cache
def time_zones() -> tuple[tuple[str, str], ...]:
    """Every time zone of a place."""
    places = (zone for zone in available_timezones() if "/" in zone)
    kept = (zone for zone in places if not zone.startswith(("Etc/", "SystemV/", "US/", "posix/")))
    return tuple((zone, zone.replace("_", " ")) for zone in sorted(kept))
