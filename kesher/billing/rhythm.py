"""How often somebody buys, and month by month how much; no database."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from statistics import median

RECENT = 40  # purchase days from which the rhythm is taken


@dataclass(frozen=True)
class Month:
    """What was bought in one month."""

    first_day: datetime.date
    count: int
    total: Decimal


@dataclass(frozen=True)
class Rhythm:
    """How often somebody buys: the usual gap, and the day on which the next was to be expected."""

    days_between: int
    last_on: datetime.date
    expected_on: datetime.date

    def days_late(self, today: datetime.date) -> int:
        """How many days the expected day lies behind; 0 when it is still to come."""
        return max(0, (today - self.expected_on).days)


def rhythm_of(days: Iterable[datetime.date]) -> Rhythm | None:
    """The usual gap between the last days of purchase; None before the third."""
    ordered = sorted(set(days))[-RECENT:]
    if len(ordered) < 3:
        return None
    gap = round(median((later - earlier).days for earlier, later in pairwise(ordered)))
    last = ordered[-1]
    return Rhythm(gap, last, last + datetime.timedelta(days=gap))


def months_of(lines: Iterable[tuple[datetime.date, Decimal]]) -> list[Month]:
    """Count and sum of each month, in order; a return lowers the sum and is not counted."""
    held: dict[datetime.date, list[Decimal]] = defaultdict(list)
    for day, amount in lines:
        held[day.replace(day=1)].append(amount)
    return [
        Month(first, sum(amount >= 0 for amount in amounts), sum(amounts, Decimal(0)))
        for first, amounts in sorted(held.items())
    ]
