"""What is usual in a country: where money, the week and the clock begin."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Country:
    """Currency, zone, first day of the week and days off; Monday is 0."""

    currency: str
    time_zone: str
    week_start: int
    weekend: tuple[int, ...]


ELSEWHERE = Country("EUR", "Europe/London", 0, (5, 6))
COUNTRIES = {
    "IL": Country("ILS", "Asia/Jerusalem", 6, (4, 5)),
    "GR": Country("EUR", "Europe/Athens", 0, (5, 6)),
    "CY": Country("EUR", "Asia/Nicosia", 0, (5, 6)),
    "GB": Country("GBP", "Europe/London", 0, (5, 6)),
    "IE": Country("EUR", "Europe/Dublin", 0, (5, 6)),
    "US": Country("USD", "America/New_York", 6, (5, 6)),
    "DE": Country("EUR", "Europe/Berlin", 0, (5, 6)),
    "FR": Country("EUR", "Europe/Paris", 0, (5, 6)),
    "IT": Country("EUR", "Europe/Rome", 0, (5, 6)),
    "ES": Country("EUR", "Europe/Madrid", 0, (5, 6)),
}
