"""What many purchases come to: the same sums whatever the order they arrive in; no database."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class Sums:
    """Purchases counted and added up. A return lowers the total but is no purchase."""

    count: int = 0
    total: Decimal = ZERO
    first_on: datetime.date | None = None
    last_on: datetime.date | None = None

    def __add__(self, other: Sums) -> Sums:
        first = [day for day in (self.first_on, other.first_on) if day]
        last = [day for day in (self.last_on, other.last_on) if day]
        return Sums(
            count=self.count + other.count,
            total=self.total + other.total,
            first_on=min(first, default=None),
            last_on=max(last, default=None),
        )


def sums_of(lines: Iterable[tuple[datetime.date, Decimal]]) -> Sums:
    """What lines of a day and an amount come to."""
    days: list[datetime.date] = []
    total = ZERO
    for day, amount in lines:
        total += amount
        if amount >= 0:
            days.append(day)
    return Sums(len(days), total, min(days, default=None), max(days, default=None))
