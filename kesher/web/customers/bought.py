"""What a customer bought, in figures that can be added up by hand, and drawn month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kesher.billing.models import Purchase, PurchaseSummary
from kesher.billing.queries import last_purchases, purchases_by_month, rhythm
from kesher.billing.rhythm import Month, Rhythm, months_of, rhythm_of
from kesher.core.access import Actor, guard, may, readable
from kesher.customers.models import Customer

MONTHS = 24
MOST_READ = 80  # purchases read along with the page; with more, the database adds them up
WIDE, HIGH = 280, 76
BASE = 58  # where the bars stand
TOP = 6


@dataclass(frozen=True)
class Bar:
    """One month of the chart."""

    x: str
    y: str
    height: str
    is_empty: bool


@dataclass(frozen=True)
class Bought:
    """What is known of a customer's purchases."""

    count: int
    total: Decimal
    currency: str
    first_on: date | None
    last_on: date | None
    rhythm: Rhythm | None
    bars: Sequence[Bar] = ()
    since: date | None = None
    year: Decimal = Decimal(0)  # of the last twelve months
    year_before: Decimal = Decimal(0)
    line: str = ""  # points of the small line in the header
    rows: Sequence[Purchase] | None = None  # all of them, where they are few

    @property
    def average(self) -> Decimal | None:
        """What one purchase comes to, about."""
        return (self.total / self.count).quantize(Decimal(1)) if self.count else None

    @property
    def is_less(self) -> bool:
        return self.year < self.year_before

    @property
    def is_more(self) -> bool:
        return self.year > self.year_before


def bought_by(actor: Actor, customer: Customer, today: date) -> Bought | None:
    """The purchases in figures; nothing at all for whoever may not read money."""
    if not may(actor, "view", PurchaseSummary) or "total" not in readable(actor, PurchaseSummary):
        return None
    summary = getattr(customer, "bought", None)
    if summary is None:
        return Bought(0, Decimal(0), "", None, None, None)
    seen = guard(actor, summary)
    since = _months_back(today, MONTHS - 1)
    rows = _few(actor, customer, seen.count)
    if rows is None:
        months, usual = purchases_by_month(actor, customer, since), rhythm(actor, customer)
    else:
        ours = [row for row in rows if row.currency == seen.currency]
        months = months_of((row.bought_on, row.amount) for row in ours)
        usual = rhythm_of(row.bought_on for row in rows if row.amount >= 0)
    totals = _totals(months, since)
    return Bought(
        count=seen.count,
        total=seen.total,
        currency=seen.currency,
        first_on=seen.first_on,
        last_on=seen.last_on,
        rhythm=usual,
        rows=rows,
        bars=_bars(totals),
        since=since,
        year=sum(totals[-12:], Decimal(0)),
        year_before=sum(totals[:-12], Decimal(0)),
        line=_line(totals[-12:]),
    )


def _few(actor: Actor, customer: Customer, count: int) -> list[Purchase] | None:
    """All purchases, unless there are many; returns are not in the count."""
    if count > MOST_READ:
        return None
    rows = last_purchases(actor, customer, MOST_READ + 1)
    return rows if len(rows) <= MOST_READ else None


def _months_back(day: date, count: int) -> date:
    """The first day of the month so many months before."""
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def _totals(months: Sequence[Month], since: date) -> list[Decimal]:
    """The sum of each month since a day, months without purchases included."""
    held: dict[Any, Decimal] = {(m.first_day.year, m.first_day.month): m.total for m in months}
    at = since.year * 12 + since.month - 1
    return [held.get(((at + n) // 12, (at + n) % 12 + 1), Decimal(0)) for n in range(MONTHS)]


def _bars(totals: Sequence[Decimal]) -> list[Bar]:
    most = max((*totals, Decimal(1)))
    step = WIDE / len(totals)
    bars = []
    for at, total in enumerate(totals):
        height = max(2.0, float(max(total, Decimal(0)) / most) * (BASE - TOP))
        bars.append(
            Bar(f"{at * step + 2:.1f}", f"{BASE - height:.1f}", f"{height:.1f}", total <= 0)
        )
    return bars


def _line(totals: Sequence[Decimal]) -> str:
    """A line of twelve months, 72 wide and 20 high."""
    most = max((*totals, Decimal(1)))
    return " ".join(
        f"{at * 72 / 11:.1f},{19 - float(max(total, Decimal(0)) / most) * 17:.1f}"
        for at, total in enumerate(totals)
    )
