"""The first page of the day: what is due, who waits for us, who is away, each opening its list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from kesher.core.access import Actor, guard, may, visible
from kesher.core.feeds.queries import feeds_in_trouble
from kesher.core.names import TITLES
from kesher.core.text import words
from kesher.customers.models import Customer
from kesher.engagement.models import Touch
from kesher.engagement.queries import latest_touches, tasks_of
from kesher.organization.models import Absence, Shift
from kesher.surface.lists.asking import ask_state
from kesher.surface.lists.declaring import Listing
from kesher.surface.lists.rows import count_of
from kesher.web.customers.list import CUSTOMERS
from kesher.web.engagement.task_list import TASKS

MOST_TASKS, MOST_TOUCHES, MOST_AWAY = 8, 8, 6
MINE = "state=open&owner=me"


@dataclass(frozen=True)
class Counted:
    """A figure that opens the list it counted."""

    label: Any
    listing: Listing
    state: str
    note: Any
    tone: str = ""  # where there are any
    icon: str = ""
    classification: str = "open"


FIGURES = (
    Counted(
        gettext_lazy("My tasks, overdue"),
        TASKS,
        f"{MINE}&due_on.before=today",
        gettext_lazy("to finish or to put off"),
        "t-bad",
        "clock",
    ),
    Counted(
        gettext_lazy("My tasks today"),
        TASKS,
        f"{MINE}&due_on=today",
        gettext_lazy("until the evening"),
    ),
    Counted(
        gettext_lazy("No next step"),
        CUSTOMERS,
        "planned=no&closed=no&stage.not=left&sort=last_touch",
        gettext_lazy("nobody knows what comes next"),
        "t-warn",
        "alert-circle",
    ),
    Counted(
        gettext_lazy("Open complaints"),
        CUSTOMERS,
        "complaints.over=1&sort=last_touch",
        gettext_lazy("waiting for an answer"),
        "t-bad",
        "mood-sad",
    ),
    Counted(
        gettext_lazy("Birthdays this week"),
        CUSTOMERS,
        "birth_on.coming=7d&cols=name,birth_on,phone,preferred_channel,owner",
        gettext_lazy("a good day to call"),
        "t-plum",
        "cake",
        "personal",
    ),
)


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The member's day, as far as the member may see it."""
    actor, now = request.actor, timezone.localtime()
    tasks = list(tasks_of(actor, [actor.member_id], now.date())[: MOST_TASKS + 1])
    return render(
        request,
        "home/today.html",
        {
            "hello": _greeting(now) % {"name": _called(actor.label)},
            "now": now,
            "shifts": _shifts(actor, now.date()),
            "figures": list(_figures(actor, now.date())),
            "tasks": guard(actor, tasks[:MOST_TASKS]),
            "more_tasks": len(tasks) > MOST_TASKS,
            "tasks_url": f"{reverse('tasks')}?{MINE}",
            "touches": _touches(actor),
            "away": _away(actor, now.date()),
            "may_add": may(actor, "add", Customer),
            "sources": feeds_in_trouble(actor),
        },
    )


def _greeting(now: datetime) -> str:
    if now.hour < 12:
        return _("Good morning, %(name)s")
    return _("Good afternoon, %(name)s") if now.hour < 18 else _("Good evening, %(name)s")


def _called(name: str) -> str:
    """What one is called to the face: the first word that is no title."""
    parts = name.split()
    return next((word for word in parts if TITLES.isdisjoint(words(word))), name)


def _figures(actor: Actor, day: date) -> Iterator[dict[str, Any]]:
    """Only what the actor may count: a hidden field is not counted by either."""
    for figure in FIGURES:
        model = figure.listing.kind.model
        if not may(actor, "view", model) or not actor.cleared_for(figure.classification):
            continue
        asked = ask_state(figure.listing, actor, figure.state, today=day)
        if asked.unread:
            continue
        number, is_all = count_of(asked, actor, today=day)
        yield {
            "label": figure.label,
            "number": number,
            "more": not is_all,
            "note": figure.note if number else pgettext("figure", "none"),
            "tone": figure.tone if number else "",
            "icon": figure.icon if number else "",
            "url": f"{reverse(figure.listing.name)}?{figure.state}",
        }


def _shifts(actor: Actor, day: date) -> list[Shift]:
    rows = visible(actor, Shift).filter(member=actor.member_id, weekday=day.weekday())
    rows = rows.exclude(since_on__gt=day).exclude(until_on__lt=day)
    return list(rows.order_by("starts"))


def _touches(actor: Actor) -> list[Any]:
    return guard(actor, latest_touches(actor, MOST_TOUCHES)) if may(actor, "view", Touch) else []


def _away(actor: Actor, day: date) -> list[Any]:
    """Colleagues who are away today, with who stands in."""
    rows = visible(actor, Absence).filter(starts_on__lte=day, ends_on__gte=day)
    return guard(actor, rows.select_related("member", "deputy").order_by("ends_on")[:MOST_AWAY])
