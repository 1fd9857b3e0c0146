"""The hours of one member as a week, from the day on which the week begins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.dates import WEEKDAYS

from kesher.organization.models import Shift


@dataclass
class Day:
    """One column of the grid."""

    number: int
    name: Any
    shifts: list[Shift] = field(default_factory=list)


def week_of(shifts: Iterable[Shift], week_start: int) -> list[Day]:
    """Seven days, each with its hours in order."""
    days = [Day(number, WEEKDAYS[number]) for number in ((week_start + d) % 7 for d in range(7))]
    by_number = {day.number: day for day in days}
    for shift in shifts:
        by_number[shift.weekday].shifts.append(shift)
    return days
