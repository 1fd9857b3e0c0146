"""All that a customer's page shows, gathered region by region, so that each can come anew alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from kesher.core.access import Actor, Guarded, allows, guard, may, visible
from kesher.core.timeline import Entry, upcoming
from kesher.customers.models import Customer, CustomerBranch, CustomerTag
from kesher.engagement.models import Touch
from kesher.surface.found import found
from kesher.web.customers.answers import Answers, answers_of, late_words, span_words
from kesher.web.customers.bought import Bought, bought_by
from kesher.web.customers.reach import Point, Way, points_of, preference, ways_to
from kesher.web.customers.timeline import Asked, History, files_by_touch, history

RELATED = ("owner", "team", "preferred_member", "source", "pulse", "bought")
STAGE_LOOKS = {
    Customer.Stage.PROSPECT: ("plum", "seedling"), Customer.Stage.NEW: ("brand", "sparkles"),
    Customer.Stage.GROWING: ("ok", "trending-up"), Customer.Stage.STEADY: ("", "circle-dot"),
    Customer.Stage.AT_RISK: ("bad", "alert-triangle"), Customer.Stage.LEFT: ("line", "user-minus"),
    Customer.Stage.WON_BACK: ("ok", "refresh"),
}  # fmt: skip


@dataclass(frozen=True)
class Header:
    """Who it is and how he is reached, with the five answers."""

    customer: Guarded
    stage: tuple[str, str, str]  # look, icon, word
    tags: Sequence[str]
    branches: Sequence[str]
    ways: Sequence[Way]
    preference: tuple[str, str]
    language: str
    days: str
    answers: Answers
    rhythm: str
    may_change: bool
    may_plan: bool

    @property
    def closing_reasons(self) -> list[str]:
        """Why nothing more may be planned, in the words that are noted."""
        return [
            _("Nothing is needed for now"), _("Not interested"), _("Goes elsewhere now"),
            _("Cannot be reached"),
        ]  # fmt: skip


class Whole:
    """One customer for one reader. What several regions need is asked once."""

    def __init__(self, request: HttpRequest, pk: int):
        self.request = request
        self.actor: Actor = request.actor
        self.record = found(self.actor, Customer, pk, *RELATED)
        self.customer = guard(self.actor, self.record)
        self.now: datetime = timezone.now()
        self.today = timezone.localdate(self.now)
        self._points: list[Point] | None = None
        self._bought: Bought | None = None
        self._planned: list[Entry] | None = None
        self._files: Mapping[int | None, list[Guarded]] | None = None
        self._has_bought = False

    @property
    def points(self) -> list[Point]:
        if self._points is None:
            country = self.request.business.country
            self._points = points_of(self.actor, self.record, country)
        return self._points

    @property
    def bought(self) -> Bought | None:
        if not self._has_bought:
            self._bought = bought_by(self.actor, self.record, self.today)
            self._has_bought = True
        return self._bought

    @property
    def planned(self) -> list[Entry]:
        if self._planned is None:
            self._planned = upcoming(self.actor, self.record, self.today)
        return self._planned

    @property
    def files(self) -> Mapping[int | None, list[Guarded]]:
        if self._files is None:
            self._files = files_by_touch(self.actor, self.record)
        return self._files

    def header(self) -> Header:
        """The first region of the page."""
        record, seen = self.record, self.customer
        look, icon = STAGE_LOOKS[record.stage]
        answers = answers_of(self.actor, record, self.planned, self.bought, now=self.now)
        return Header(
            customer=seen,
            stage=(look, icon, str(seen.get_stage_display)),
            tags=self._names(CustomerTag, "tag__name"),
            branches=self._names(CustomerBranch, "branch__name"),
            ways=ways_to(seen, self.points),
            preference=preference(seen),
            language=str(seen.get_language_display) if record.language else "",
            days=day_names(record.preferred_days, short=True),
            answers=answers,
            rhythm=_rhythm(self.bought, self.today),
            may_change=self.may_change,
            may_plan=may(self.actor, "add", Touch),
        )

    @property
    def may_change(self) -> bool:
        """Whether the reader may change what is kept of this customer."""
        return may(self.actor, "change", Customer) and allows(self.actor, "change", self.record)

    def _names(self, link: Any, column: str) -> list[str]:
        rows = visible(self.actor, link).filter(customer=self.record).order_by(column)
        return list(rows.values_list(column, flat=True))

    def history(self) -> History:
        """The history as the address asks for it."""
        asked = Asked.by(self.request, self.record)
        return history(
            self.actor, self.record, asked, self.files, now=self.now, planned=self.planned
        )

    def latest(self) -> History:
        """The history from its beginning, whatever the address says."""
        return history(
            self.actor, self.record, Asked(), self.files, now=self.now, planned=self.planned
        )


def _rhythm(bought: Bought | None, today: date) -> str:
    if bought is None or bought.rhythm is None:
        return ""
    if bought.rhythm.days_late(today):
        return late_words(bought.rhythm, today)
    return _("usually every %(span)s") % {"span": span_words(bought.rhythm.days_between)}


def day_names(days: Sequence[int], *, short: bool = False) -> str:
    """Days of the week in words, in the order in which they are kept."""
    names = WEEKDAYS_ABBR if short else WEEKDAYS
    return ", ".join(str(names[day]) for day in days or () if day in names)
