"""When a repeating task is due next; no database."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

LAST = date(9998, 12, 31)


def next_due(due: date, repeat: str, *, day: int | None, today: date) -> date:
    """The first day of the rhythm after this one that is not past already."""
    following = due
    while True:
        following = _step(following, repeat, day or due.day)
        if following >= today or following >= LAST:
            return following


def _step(due: date, repeat: str, day: int) -> date:
    if repeat in ("daily", "weekly"):
        return due + timedelta(days=1 if repeat == "daily" else 7)
    month = due.month % 12 + 1 if repeat == "monthly" else due.month
    year = due.year + (1 if repeat == "yearly" or month == 1 else 0)
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
