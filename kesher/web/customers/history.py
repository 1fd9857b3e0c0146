"""The history of a customer as a page shows it: what is to come, then what was, month by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kesher.core.text import clean
from kesher.core.timeline import Place, Stretch, counts, kinds, stretch, stretch_down_to
from kesher.customers.models import Customer
from kesher.web.customers.lines import Line, Lines

if TYPE_CHECKING:
    from kesher.web.customers.whole import Whole

LONGEST = 100
# Sources of which the page itself is all that was read.
READ_BY_PAGE = ("touch", "change", "message", "merger")


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


def history(whole: Whole, asked: Asked) -> History:
    """The history as asked for."""
    customer = whole.record
    page = _stretch(whole, asked)
    lines = Lines(whole.files, whole.names, now=whole.now)
    is_first = asked.after is None
    coming = [
        entry
        for entry in (whole.planned if is_first and not asked.text else ())
        if not asked.kind or entry.kind == asked.kind
    ]
    last = page.entries[-1].place if page.entries else None
    address = reverse("customer-timeline", args=[customer.pk])
    return History(
        tabs=_tabs(whole, asked, page, address) if is_first else (),
        coming=lines.upcoming(coming),
        lines=lines.drawn(
            page.entries, month=lines.month_of(asked.after.at) if asked.after else ""
        ),
        more=f"?{asked.query(after=page.after)}" if page.after else "",
        url=f"{address}?{asked.query(last=str(last) if last and page.after else '')}",
        kind=asked.kind,
        text=asked.text,
    )


def _stretch(whole: Whole, asked: Asked) -> Stretch:
    actor, customer = whole.actor, whole.record
    if asked.last is not None:
        return stretch_down_to(actor, customer, asked.last, kind=asked.kind, text=asked.text)
    return stretch(
        actor, customer, kind=asked.kind, text=asked.text, after=asked.after, known=whole.known
    )


def _tabs(whole: Whole, asked: Asked, page: Stretch, address: str) -> list[Tab]:
    counted = _counts(whole, asked, page)
    tabs = [Tab("", _("All"), sum(counted.values()), address, not asked.kind)]
    for key, label in kinds(whole.record).items():
        if counted.get(key) or key == asked.kind:
            url = f"{address}?{urlencode({'kind': key})}"
            tabs.append(Tab(key, label, counted.get(key, 0), url, key == asked.kind))
    return tabs


def _counts(whole: Whole, asked: Asked, page: Stretch) -> dict[str, int]:
    """How much there is of each kind; where all of it is on the page, that is counted."""
    if page.after or asked.kind or asked.text:
        return counts(whole.actor, whole.record, known=whole.known)
    here = Counter(one.kind for one in page.entries if one.place.source in READ_BY_PAGE)
    rest = dict.fromkeys(READ_BY_PAGE, ())
    return here + Counter(counts(whole.actor, whole.record, known={**whole.known, **rest}))
