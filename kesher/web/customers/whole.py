"""All that a customer's page shows, gathered region by region, so that each can come anew alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from kesher.core.access import Actor, Guarded, allows, guard, may
from kesher.core.timeline import Entry, upcoming
from kesher.customers.alike import alike_to
from kesher.customers.emergency import cleared_for_one, emergencies_now
from kesher.customers.match_words import reasons_for
from kesher.customers.models import Customer, EmergencyAccess
from kesher.customers.queries import names_held
from kesher.engagement.models import Attachment, Task, Touch
from kesher.engagement.queries import MOST_FILES, attachments_of, recent_tasks, recent_touches
from kesher.surface.found import found
from kesher.web.customers.answers import Answers, answers_of, late_words, span_words
from kesher.web.customers.bought import Bought, bought_by
from kesher.web.customers.history import Asked, History, history
from kesher.web.customers.names import Names
from kesher.web.customers.reach import Point, Way, points_of, preference, ways_to

MOST_REASONS = 3  # of a pair, in a line
RELATED = ("team", "source", "pulse", "bought")
STAGE_LOOKS = {
    Customer.Stage.PROSPECT: ("brand", "user-plus"), Customer.Stage.NEW: ("brand", "sparkles"),
    Customer.Stage.GROWING: ("plum", "seedling"), Customer.Stage.STEADY: ("", "circle-dot"),
    Customer.Stage.AT_RISK: ("warn", "alert-triangle"),
    Customer.Stage.LEFT: ("line", "user-minus"), Customer.Stage.WON_BACK: ("ok", "refresh"),
}  # fmt: skip


@dataclass(frozen=True)
class Twin:
    """Somebody who may be the same, why, and where both are seen side by side."""

    customer: Guarded
    reasons: Sequence[Any]
    address: str


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
    banned: Sequence[Point] = ()  # what stands on the do-not-contact list
    opened: Sequence[EmergencyAccess] = ()  # what is open to the reader for an hour only
    alike: Sequence[Twin] = ()

    @property
    def call(self) -> Way | None:
        """The telephone beside the first button, unless that one is the telephone."""
        second = next((way for way in self.ways[1:] if way.icon == "phone"), None)
        return second if self.ways[0].icon != "phone" else None

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
        self.now: datetime = timezone.now()
        self.actor: Actor = cleared_for_one(request.actor, pk, self.now)
        self.record = found(self.actor, Customer, pk, *RELATED)
        self.customer = guard(self.actor, self.record)
        self.today = timezone.localdate(self.now)

    @cached_property
    def names(self) -> Names:
        return Names(self.actor)

    @cached_property
    def points(self) -> list[Point]:
        return points_of(self.actor, self.record, self.request.business)

    @cached_property
    def bought(self) -> Bought | None:
        return bought_by(self.actor, self.record, self.today)

    @cached_property
    def attachments(self) -> list[Attachment]:
        return attachments_of(self.actor, self.record)

    @cached_property
    def files(self) -> Mapping[int | None, list[Guarded]]:
        """The files that may be seen, by the touch they came with."""
        held: dict[int | None, list[Guarded]] = defaultdict(list)
        for row, file in zip(self.attachments, guard(self.actor, self.attachments), strict=True):
            held[row.touch_id].append(file)
        return held

    @cached_property
    def opened(self) -> list[EmergencyAccess]:
        """What the reader opened in an emergency, asked only where something is open."""
        if self.actor is self.request.actor:
            return []
        return emergencies_now(self.request.actor, self.record, self.now)

    @cached_property
    def known(self) -> dict[str, Sequence[Any]]:
        """All rows of those sources of the history that the page reads anyhow, being few."""
        held: dict[str, Sequence[Any]] = {}
        tasks = recent_tasks(self.actor, self.record)
        if tasks is not None:
            held["task"] = tasks
        touches = recent_touches(self.actor, self.record) if may(self.actor, "view", Touch) else []
        if touches is not None:
            held["touch"] = touches
        if len(self.attachments) < MOST_FILES:
            held["file"] = self.attachments
        if self.bought is None or self.bought.rows is not None:
            held["purchase"] = () if self.bought is None else self.bought.rows or ()
        return held

    @cached_property
    def planned(self) -> list[Entry]:
        return upcoming(self.actor, self.record, self.today, known=self.known)

    @cached_property
    def may_change(self) -> bool:
        """Whether the reader may change what is kept of this customer."""
        if self.actor.scope(Customer, "change") >= self.actor.scope(Customer, "view"):
            return True  # he sees it, so it lies within a scope that is no wider
        return may(self.actor, "change", Customer) and allows(self.actor, "change", self.record)

    def header(self) -> Header:
        """The first region of the page."""
        record, seen = self.record, self.customer
        look, icon = STAGE_LOOKS[record.stage]
        words = names_held(self.actor, record)
        return Header(
            customer=seen,
            stage=(look, icon, str(seen.get_stage_display)),
            tags=words["tag"],
            branches=words["branch"],
            ways=ways_to(seen, self.points),
            preference=preference(seen),
            language=str(seen.get_language_display) if record.language else "",
            days=day_names(record.preferred_days, short=True),
            answers=answers_of(
                self.actor,
                record,
                self.planned,
                self.bought,
                self.names,
                now=self.now,
                touches=self.known.get("touch"),
            ),
            rhythm=_rhythm(self.bought, self.today),
            may_change=self.may_change,
            may_plan=may(self.actor, "add", Task) and may(self.actor, "add", Touch),
            banned=[point for point in self.points if point.ban],
            opened=self.opened,
            alike=self._twins(),
        )

    def _twins(self) -> list[Twin]:
        twins = []
        for pair in alike_to(self.actor, self.record):
            other = pair.other if pair.customer_id == self.record.pk else pair.customer
            address = reverse("customer", args=[other.pk])
            if may(self.actor, "merge", Customer):
                address = f"{reverse('customers-merge')}?ids={self.record.pk},{other.pk}"
            reasons = reasons_for(pair.features, other.kind)[:MOST_REASONS]
            twins.append(Twin(guard(self.actor, other), reasons, address))
        return twins

    def history(self, asked: Asked | None = None) -> History:
        """The history as the address asks for it, or as somebody else does."""
        wanted = Asked.by(self.request, self.record) if asked is None else asked
        return history(self, wanted)


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
