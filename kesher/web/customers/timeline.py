"""The history of a customer as a page shows it: what is to come, then what was, month by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kesher.core.access import Actor, Guarded, guard
from kesher.core.text import clean
from kesher.core.timeline import (
    Entry,
    Place,
    Stretch,
    counts,
    kinds,
    stretch,
    stretch_down_to,
    upcoming,
)
from kesher.customers.models import Customer
from kesher.engagement.queries import attachments_of
from kesher.surface.found import found
from kesher.surface.page import is_fragment
from kesher.web.customers.lines import Line, Lines

LONGEST = 100


@dataclass(frozen=True)
class Tab:
    """One kind of what happened, with how much of it there is."""

    key: str
    label: Any
    count: int
    url: str
    on: bool


@dataclass(frozen=True)
class History:
    """What the history shows now."""

    tabs: Sequence[Tab]
    coming: Sequence[Line]
    lines: Sequence[Line]
    more: str
    url: str  # of the same again, for live updates
    kind: str
    text: str
    is_continued: bool


@dataclass(frozen=True)
class Asked:
    """What part of the history somebody wants."""

    kind: str = ""
    text: str = ""
    after: Place | None = None
    last: Place | None = None  # refetched down to here

    @classmethod
    def by(cls, request: HttpRequest, customer: Customer) -> Asked:
        """Read it from an address."""
        kind = request.GET.get("kind", "")
        return cls(
            kind=kind if kind in kinds(customer) else "",
            text=clean(request.GET.get("q", ""))[:LONGEST],
            after=Place.read(request.GET.get("after", "")),
            last=Place.read(request.GET.get("last", "")),
        )

    def query(self, **more: str) -> str:
        """The same as the query of an address."""
        held = {"kind": self.kind, "q": self.text} | more
        return urlencode({name: value for name, value in held.items() if value})


def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """The history, a further page of it, or what there is of one kind or word."""
    customer = found(request.actor, Customer, pk, "pulse", "bought")
    asked = Asked.by(request, customer)
    if not is_fragment(request):
        page = reverse("customer", args=[pk])
        return HttpResponseRedirect(f"{page}?{request.GET.urlencode()}#timeline")
    files = files_by_touch(request.actor, customer)
    shown = history(request.actor, customer, asked, files, now=timezone.now())
    template = "customers/_timeline_more.html" if asked.after else "customers/_timeline.html"
    return render(request, template, {"customer": customer, "history": shown})


def history(
    actor: Actor,
    customer: Customer,
    asked: Asked,
    files: Mapping[int, Sequence[Guarded]],
    *,
    now: datetime,
    planned: Sequence[Entry] | None = None,
) -> History:
    """The history as asked for; what is planned may be known already."""
    page = _stretch(actor, customer, asked)
    lines = Lines(actor, files, now=now)
    is_first = asked.after is None
    if planned is None and is_first and not asked.text:
        planned = upcoming(actor, customer, timezone.localdate(now))
    coming = [e for e in planned or () if not asked.kind or e.kind == asked.kind] if is_first else []
    last = page.entries[-1].place if page.entries else None
    address = reverse("customer-timeline", args=[customer.pk])
    return History(
        tabs=_tabs(actor, customer, asked, address) if is_first else (),
        coming=lines.upcoming(coming) if not asked.text else (),
        lines=lines.drawn(
            page.entries, month="" if is_first else lines.month_of(asked.after.at)
        ),
        more=f"?{asked.query(after=page.after)}" if page.after else "",
        url=f"{address}?{asked.query(last=str(last) if last and page.after else '')}",
        kind=asked.kind,
        text=asked.text,
        is_continued=not is_first,
    )


def _stretch(actor: Actor, customer: Customer, asked: Asked) -> Stretch:
    if asked.last is not None:
        return stretch_down_to(actor, customer, asked.last, kind=asked.kind, text=asked.text)
    return stretch(actor, customer, kind=asked.kind, text=asked.text, after=asked.after)


def _tabs(actor: Actor, customer: Customer, asked: Asked, address: str) -> list[Tab]:
    counted = counts(actor, customer)
    tabs = [Tab("", _("All"), sum(counted.values()), address, not asked.kind)]
    for key, label in kinds(customer).items():
        if counted.get(key) or key == asked.kind:
            url = f"{address}?{urlencode({'kind': key})}"
            tabs.append(Tab(key, label, counted.get(key, 0), url, key == asked.kind))
    return tabs


def files_by_touch(actor: Actor, customer: Customer) -> dict[int | None, list[Guarded]]:
    """The files of a customer that the actor may see, by the touch they came with."""
    held: dict[int | None, list[Guarded]] = defaultdict(list)
    for row in attachments_of(actor, customer):
        held[row.touch_id].append(guard(actor, row))
    return held
