"""Who may be here twice: groups by class, why, what differs, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kesher.core.access import Actor, guard, readable, require_kind, visible
from kesher.core.jobs import start_job
from kesher.core.paging import count_up_to
from kesher.customers.alike import AT_ONCE, Group, first_of, groups_of, of_level, safe_groups
from kesher.customers.commands.telling_apart import take_back_apart, tell_apart
from kesher.customers.match_words import reasons_for
from kesher.customers.models import Alike, Customer
from kesher.surface.once import once_only
from kesher.surface.page import is_fragment, saved, tell
from kesher.web.customers.merge_work import merge_safe
from kesher.web.lists.many import MERGE, follow
from kesher.web.lists.work import told

Level = Alike.Level
MOST_COUNTED = 1000
SHOWN_BEFORE = 8  # groups of which the preview of a bulk merge shows names
FIELDS = (
    ("reference", gettext_lazy("Number")), ("phone", gettext_lazy("Telephone")),
    ("email", gettext_lazy("E-mail")), ("birth_on", gettext_lazy("Birthday")),
    ("city", gettext_lazy("City")), ("since_on", gettext_lazy("Customer since")),
)  # fmt: skip
EXPLAINED = {
    Level.SAFE: gettext_lazy(
        "Two names that fit and a number, e-mail, birthday or address in common. "
        "These may be merged at once."
    ),
    Level.LIKELY: gettext_lazy("Probably the same. Have a look at each before you merge."),
    Level.POSSIBLE: gettext_lazy("Perhaps the same, perhaps relatives or namesakes."),
}


@dataclass(frozen=True)
class Tab:
    """A class of pairs, and how many there are."""

    key: str
    label: Any
    count: int
    is_all: bool
    is_on: bool


@dataclass(frozen=True)
class Line:
    """A field side by side."""

    name: str
    label: Any
    values: Sequence[Any]
    differs: bool


@dataclass(frozen=True)
class Card:
    """Customers who may be one."""

    customers: Sequence[Any]
    lines: Sequence[Line]
    reasons: Sequence[Any]
    ids: str


@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """The pairs of one class, those with more than names first."""
    require_kind(request.actor, "merge", Customer)
    return render(request, "customers/duplicates.html", _page(request))


def _page(request: HttpRequest) -> dict[str, Any]:
    actor = request.actor
    tabs = _tabs(actor, request.GET.get("class", ""))
    level = next(tab.key for tab in tabs if tab.is_on)
    strong, named = (_cards(actor, level, is_strong=is_strong) for is_strong in (True, False))
    return {
        "tabs": tabs,
        "level": level,
        "explained": EXPLAINED[Level(level)],
        "strong": strong,
        "named": named,
        "has_more": max(len(strong), len(named)) >= AT_ONCE,
        "safe": next(tab for tab in tabs if tab.key == Level.SAFE),
    }


def _tabs(actor: Actor, asked: str) -> list[Tab]:
    """All classes; the one asked for is on, else the first that holds something."""
    counts = {one: count_up_to(of_level(actor, one), MOST_COUNTED) for one in Level.values}
    first = next((one for one in Level.values if counts[one][0]), Level.SAFE.value)
    level = asked if asked in Level.values else first
    return [Tab(one.value, one.label, *counts[one.value], one.value == level) for one in Level]


def _cards(actor: Actor, level: str, *, is_strong: bool) -> list[Card]:
    pairs = of_level(actor, level, is_strong=is_strong).order_by("-score", "pk")[:AT_ONCE]
    groups = groups_of(actor, pairs)
    held = _customers(actor, groups)
    return [_card(actor, group, held) for group in groups if held.keys() >= set(group.numbers)]


def _customers(actor: Actor, groups: Iterable[Group]) -> dict[int, Customer]:
    numbers = {number for group in groups for number in group.numbers}
    return {row.pk: row for row in visible(actor, Customer).filter(pk__in=numbers)}


def _card(actor: Actor, group: Group, held: dict[int, Customer]) -> Card:
    rows = first_of(held[number] for number in group.numbers)
    seen = guard(actor, rows)
    said = [reason for pair in group.pairs for reason in reasons_for(pair.features, rows[0].kind)]
    return Card(seen, _lines(actor, rows), list(dict.fromkeys(said)), _ids(rows))


def _ids(customers: Iterable[Customer]) -> str:
    return ",".join(str(one.pk) for one in customers)


def _lines(actor: Actor, rows: Sequence[Customer]) -> list[Line]:
    lines = []
    for name, label in FIELDS:
        values = [getattr(row, name) or "" for row in rows]
        if name in readable(actor, Customer) and any(values):
            said = {str(value) for value in values if value}
            lines.append(Line(name, label, values, len(said) > 1))
    return lines


# ---- not the same


@require_POST
def apart(request: HttpRequest) -> HttpResponse:
    """Say that those of a card are not the same, or take that back."""
    require_kind(request.actor, "merge", Customer)
    customers = _named(request)
    if "back" in request.GET:
        take_back_apart(by=request.actor, customers=customers)
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    tell_apart(by=request.actor, customers=customers)
    names = ", ".join(f"\u2068{one}\u2069" for one in guard(request.actor, customers))
    said = _("%(names)s: not the same. Nobody will ask again.") % {"names": names}
    undo = f"{reverse('duplicates-apart')}?ids={_ids(customers)}&back=1"
    if is_fragment(request):
        fragment = render(request, "customers/_duplicates.html", _page(request))
        return saved(request, fragment, said, undo=undo)
    tell(request, said, undo=undo)
    return redirect("duplicates")


def _named(request: HttpRequest) -> list[Customer]:
    said = [number for number in request.GET.get("ids", "").split(",") if number.isdecimal()]
    numbers = {int(number) for number in said if number.isascii() and len(number) < 19}
    rows = list(visible(request.actor, Customer).filter(pk__in=numbers).order_by("pk"))
    if len(rows) < 2 or len(rows) != len(numbers):
        raise Http404
    return rows


# ---- all that are safe


@once_only
def merging(request: HttpRequest) -> HttpResponse:
    """What merging all safe ones would do, and the beginning of it."""
    require_kind(request.actor, "merge", Customer)
    total, is_all = count_up_to(of_level(request.actor, Level.SAFE), 10_000_000)
    if request.method == "POST":
        held = start_job(by=request.actor, name=MERGE, total=total)
        merge_safe.enqueue(held.key, told(request.actor))
        return follow(request, held)
    groups = safe_groups(request.actor)[:SHOWN_BEFORE]
    rows = _customers(request.actor, groups)
    cards = [_card(request.actor, group, rows) for group in groups]
    context = {"total": total, "cards": cards, "is_all": is_all}
    return render(request, "customers/merge_safe.html", context)
