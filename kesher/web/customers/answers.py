"""The five answers of a customer's header, each a sentence that can be checked on the spot.

What was agreed, what comes next, what he bought, what speaks for trouble, who looks after him.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kesher.billing.rhythm import Rhythm
from kesher.core.access import Actor, Guarded, guard, may
from kesher.core.timeline import Entry
from kesher.customers.models import Customer
from kesher.engagement.models import CustomerPulse, Touch
from kesher.engagement.queries import Marked, marked_touches
from kesher.organization.queries import absence_of
from kesher.web import moments
from kesher.web.customers.bought import Bought
from kesher.web.customers.names import Names

SILENT_DAYS = 180  # without contact, the silence itself is worth a word


@dataclass(frozen=True)
class Said:
    """A touch, and who wrote it down."""

    touch: Guarded
    by: str


@dataclass(frozen=True)
class NextStep:
    """What is planned next, or since when nothing is."""

    task: Guarded | None = None
    owner: str = ""
    others: int = 0
    is_late: bool = False
    silent_days: int | None = None
    closing: Said | None = None


@dataclass(frozen=True)
class Risk:
    """How much speaks for losing the customer, and what exactly."""

    level: str = "lo"
    word: str = ""
    reasons: Sequence[str] = ()


@dataclass(frozen=True)
class Responsible:
    """Who looks after the customer, and who does while that one is away."""

    owner: str = ""
    owner_id: int | None = None
    team: Any = None
    away_until: date | None = None
    deputy: str = ""


@dataclass(frozen=True)
class Answers:
    """All that the header says at a glance."""

    agreed: Sequence[Said]
    next_step: NextStep
    bought: Bought | None
    risk: Risk
    responsible: Responsible
    complaints: Sequence[Guarded] = field(default=())
    last_at: datetime | None = None
    last_channel: str = ""


def answers_of(
    actor: Actor,
    customer: Customer,
    planned: Sequence[Entry],
    bought: Bought | None,
    names: Names,
    *,
    now: datetime,
    touches: Sequence[Touch] | None,
) -> Answers:
    """The five answers, as far as the actor may read what they rest on.

    `touches` are all of the customer's, the latest first, or nothing where they are many.
    """
    today = moments.local_day(now)
    marked = marked_touches(actor, customer, touches)
    last_at, last_channel = _last_contact(actor, customer)
    step = _next_step(actor, planned, marked, last_at, customer, names, today)
    complaints = guard(actor, marked.complaints)
    return Answers(
        agreed=[Said(one, names.of(one.member_id)) for one in guard(actor, marked.agreements[:3])],
        next_step=step,
        bought=bought,
        risk=_risk(customer, complaints, bought and bought.rhythm, step, last_at, today),
        responsible=_responsible(actor, customer, names, today),
        complaints=complaints,
        last_at=last_at,
        last_channel=last_channel,
    )


def _last_contact(actor: Actor, customer: Customer) -> tuple[datetime | None, str]:
    pulse = getattr(customer, "pulse", None)
    if pulse is None or not may(actor, "view", CustomerPulse):
        return None, ""
    seen = guard(actor, pulse)
    channel = Touch.Channel(seen.last_channel).label if seen.last_channel else ""
    return seen.last_touch_at, str(channel)


def _next_step(
    actor: Actor,
    planned: Sequence[Entry],
    marked: Marked,
    last_at: datetime | None,
    customer: Customer,
    names: Names,
    today: date,
) -> NextStep:
    tasks = [entry.record for entry in planned if entry.place.source == "task"]
    if tasks:
        due = tasks[0].due_on
        owner = names.of(tasks[0].owner_id)
        return NextStep(tasks[0], owner, len(tasks) - 1, is_late=bool(due and due < today))
    closing = marked.closing
    if closing and not (last_at and last_at > closing.happened_at):
        return NextStep(closing=Said(guard(actor, closing), names.of(closing.member_id)))
    since = last_at or customer.created_at
    return NextStep(silent_days=max(0, (today - moments.local_day(since)).days))


def _risk(
    customer: Customer,
    complaints: Sequence[Guarded],
    rhythm: Rhythm | None,
    step: NextStep,
    last_at: datetime | None,
    today: date,
) -> Risk:
    reasons, level = [], 0
    if complaints:
        grave = any(one.severity == Touch.Severity.HIGH for one in complaints)
        level = 2 if grave else 1
        first = min(one.happened_at for one in complaints)
        since = moments.day_text(first, today=today, within=True)
        words = ngettext(
            "complaint open since %(day)s",
            "%(count)s complaints open, the first since %(day)s",
            len(complaints),
        )
        reasons.append(words % {"count": len(complaints), "day": since})
    if rhythm and rhythm.days_late(today) > rhythm.days_between // 2:
        level = max(level, 2 if rhythm.days_late(today) > rhythm.days_between * 2 else 1)
        reasons.append(late_words(rhythm, today))
    if last_at and (away := (today - moments.local_day(last_at)).days) >= SILENT_DAYS:
        level = max(level, 1)
        reasons.append(_("no contact for %(span)s") % {"span": span_words(away)})
    if step.is_late:
        level = max(level, 1)
        reasons.append(_("the next step is overdue"))
    if customer.stage in (Customer.Stage.AT_RISK, Customer.Stage.LEFT):
        level = 2
        reasons.append(_("marked “%(stage)s”") % {"stage": customer.get_stage_display()})
    word = (_("Nothing speaks for it"), _("Some signs"), _("Clear signs"))[level]
    return Risk(("lo", "mid", "hi")[level], word, reasons)


def late_words(rhythm: Rhythm, today: date) -> str:
    """How long ago the last purchase is against the usual gap."""
    return _("usually buys every %(usual)s, now %(span)s ago") % {
        "usual": span_words(rhythm.days_between),
        "span": span_words((today - rhythm.last_on).days),
    }


def span_words(days: int) -> str:
    """A number of days in the unit in which people would say it."""
    if days < 14:
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    if days < 75:
        weeks = round(days / 7)
        return ngettext("%(count)s week", "%(count)s weeks", weeks) % {"count": weeks}
    if days < 730:
        months = round(days / 30.44)
        return ngettext("%(count)s month", "%(count)s months", months) % {"count": months}
    years = round(days / 365.25)
    return ngettext("%(count)s year", "%(count)s years", years) % {"count": years}


def _responsible(actor: Actor, customer: Customer, names: Names, today: date) -> Responsible:
    seen = guard(actor, customer)
    if seen.owner_id is None:
        return Responsible(team=seen.team)
    away = absence_of(actor, seen.owner_id, today)
    held = guard(actor, away) if away else None
    return Responsible(
        owner=names.of(seen.owner_id),
        owner_id=seen.owner_id,
        team=seen.team,
        away_until=held.ends_on if held else None,
        deputy=names.of(held.deputy_id) if held else "",
    )
