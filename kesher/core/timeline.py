"""One stream of all that happened with a record, merged from what each part declares.

A part declares its sources in `timeline.py`. The stream is cut by keyset: each source is asked for
what lies behind one place, and the latest of all are the page. What the actor may not see is
neither in a page nor in a count.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, policy_of, sight_hanging
from kesher.core.prepared import Mark, prepared, rows_counted
from kesher.core.refusal import Refusal
from kesher.core.text import fold

SIZE = 30
PLACE = re.compile(r"(-?[0-9]{1,18})\.([a-z]{1,30})\.([0-9]{1,18})")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICRO = timedelta(microseconds=1)
HALF_MILLI = timedelta(microseconds=500)
MOST_SEARCHED = 5000
MOST_AGAIN = 120  # entries shown that are fetched anew when something happens


class PlaceUnreadable(Refusal):
    """A place in the stream that nothing gave out."""

    message = _("This place in the history cannot be found. Load the page again.")
    status = 400


@dataclass(frozen=True, order=True)
class Place:
    """Where one entry stands in the stream: its moment, then its source and number."""

    at: datetime
    source: str
    pk: int

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // MICRO}.{self.source}.{self.pk}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place that an address names; nothing for an empty one."""
        if not text:
            return None
        match = PLACE.fullmatch(text)
        if match is None:
            raise PlaceUnreadable
        try:
            return cls(EPOCH + int(match[1]) * MICRO, match[2], int(match[3]))
        except OverflowError:
            raise PlaceUnreadable from None


@dataclass(frozen=True)
class Entry:
    """One thing that happened, or that is to come."""

    place: Place
    kind: str
    record: Any  # what the source hands out, guarded
    day_only: bool = False


@dataclass(frozen=True)
class Stretch:
    """A page of the stream, and where the next one begins."""

    entries: list[Entry]
    after: str = ""


class Source:
    """Where some of what happened with a record is kept. Declared in `timeline.py` of its part."""

    name: str
    model: type[Model]
    kinds: Mapping[str, Any]  # key of a kind -> its name in the plural, for the tabs
    when = ""  # column with the moment, or with the day
    is_day = False
    by_database_clock = False  # its moments are written by the database
    rank = 5  # where its kinds stand among the tabs

    def of(self, subject: int | Mark) -> QuerySet:
        """All of it that a record has, in no order."""
        return self.model._default_manager.filter(**{str(policy_of(self.model).within): subject})

    def seen(self, actor: Actor, subject: Model) -> Q:
        """Which of a record's rows the actor may see."""
        return sight_hanging(actor, self.model, subject)

    def rows(self, actor: Actor, subject: Model) -> QuerySet:
        """All that the actor may see of it, in no order."""
        return self.of(subject.pk).filter(self.seen(actor, subject))

    def of_kind(self, rows: QuerySet, kind: str) -> QuerySet:
        """Those of one of its kinds."""
        return rows

    def matching(self, rows: QuerySet, text: str) -> QuerySet:
        """Those that hold all words of a text."""
        return rows.none()

    def in_whole(self, rows: QuerySet) -> QuerySet:
        """Those that have a line of their own among all kinds."""
        return rows

    def kind_of(self, row: Any) -> str:
        """The kind of one of its rows."""
        return next(iter(self.kinds))

    def drawn(self, actor: Actor, rows: list[Any]) -> list[Any]:
        """The rows as the actor may read them, in the same order."""
        raise NotImplementedError

    def counts(self, actor: Actor, subject: Model) -> dict[str, int]:
        """How many there are of each kind."""
        counted = _count(self, self.seen(actor, subject), subject=subject.pk)
        return {next(iter(self.kinds)): counted[0] if counted else 0}

    def counted(self, rows: Sequence[Any]) -> dict[str, int]:
        """How many there are of each kind among all rows, which somebody has fetched already."""
        return dict(Counter(self.kind_of(row) for row in rows))

    def in_past(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Those of all rows, fetched already, that have a line of their own in the past."""
        return rows

    def upcoming(
        self, actor: Actor, subject: Model, today: date, rows: Sequence[Any] | None = None
    ) -> list[Entry]:
        """What is to come, the next first; all rows may have been fetched already."""
        return []

    # ---- the same for all

    def before(self, rows: QuerySet, place: Place) -> QuerySet:
        """The rows that stand behind a place in the stream."""
        tie = {"pk__lt": place.pk} if self.name == place.source else {}
        shares_moment = self.name <= place.source
        if self.is_day:
            day = timezone.localtime(place.at).date()
            is_start = place.at == day_start(day)
            earlier = Q(**{f"{self.when}__lt" if is_start else f"{self.when}__lte": day})
            same = Q(**{self.when: day}, **tie)
            return rows.filter(earlier | same if is_start and shares_moment else earlier)
        if self._is_rounded(place):
            since, until = place.at - HALF_MILLI, place.at + HALF_MILLI
            same = Q(**{f"{self.when}__gte": since, f"{self.when}__lt": until}, **tie)
            earlier = Q(**{f"{self.when}__lt": since})
            return rows.filter(earlier | same if shares_moment else earlier)
        earlier = Q(**{f"{self.when}__lt": place.at})
        same = Q(**{self.when: place.at}, **tie)
        # The bound outside the "or" lets the database walk its index from here.
        bound = {f"{self.when}__lte": place.at}
        return rows.filter(earlier | same if shares_moment else earlier, **bound)

    def _is_rounded(self, place: Place) -> bool:
        """SQLite's clock writes milliseconds, which as text sort before the same with zeros."""
        is_whole = place.at.microsecond % 1000 == 0
        return self.by_database_clock and is_whole and connection.vendor == "sqlite"

    def moment_of(self, row: Any) -> datetime:
        """When it was; a day counts from its first moment here."""
        value = getattr(row, self.when)
        return day_start(value) if self.is_day else value

    def place_of(self, row: Any) -> Place:
        return Place(self.moment_of(row), self.name, row.pk)


def day_start(day: date) -> datetime:
    """The first moment of a local day."""
    return timezone.make_aware(datetime.combine(day, time.min))


_sources: dict[str, dict[str, Source]] = {}


def source_of(model: type[Model]):
    """Declare a source of what happens with records of a kind."""

    def register(declared: type[Source]) -> type[Source]:
        _sources.setdefault(model._meta.label_lower, {})[declared.name] = declared()
        return declared

    return register


def sources(subject: Model) -> list[Source]:
    """The declared sources for a record, by name."""
    held = _sources.get(subject._meta.label_lower, {})
    return [held[name] for name in sorted(held)]


def kinds(subject: Model) -> dict[str, Any]:
    """All kinds of what may happen with a record, with their names, in the order of the tabs."""
    ranked = sorted(sources(subject), key=lambda one: one.rank)
    return {key: name for one in ranked for key, name in one.kinds.items()}


def stretch(
    actor: Actor,
    subject: Model,
    *,
    kind: str = "",
    text: str = "",
    after: Place | None = None,
    size: int = SIZE,
    known: Mapping[str, Sequence[Any]] | None = None,
) -> Stretch:
    """The latest that happened with a record, or what lies behind a place; of one kind if asked.

    `known` holds all rows of a source where the caller has fetched them anyhow.
    """
    asked = [one for one in sources(subject) if one.kinds and (not kind or kind in one.kinds)]
    whole = {} if kind or text or after else known or {}
    found = [
        _known(one, whole[one.name])
        if one.name in whole
        else _asked(one, actor, subject, kind, text, after, size)
        for one in asked
    ]
    merged = heapq.merge(*found, key=lambda pair: pair[0], reverse=True)
    taken = [pair for pair, _n in zip(merged, range(size + 1), strict=False)]
    has_more = len(taken) > size
    entries = _drawn(actor, asked, taken[:size])
    return Stretch(entries, str(entries[-1].place) if has_more else "")


def stretch_down_to(
    actor: Actor, subject: Model, last: Place, *, kind: str = "", text: str = ""
) -> Stretch:
    """What is shown already down to a place, together with what came on top of it since."""
    whole = stretch(actor, subject, kind=kind, text=text, size=MOST_AGAIN)
    entries = [entry for entry in whole.entries if entry.place >= last]
    has_more = len(entries) < len(whole.entries) or bool(whole.after)
    return Stretch(entries, str(entries[-1].place) if entries and has_more else "")


def _known(one: Source, rows: Sequence[Any]) -> list[tuple[Place, Any]]:
    pairs = [(one.place_of(row), row) for row in one.in_past(rows)]
    return sorted(pairs, key=lambda pair: pair[0], reverse=True)


def _asked(
    one: Source,
    actor: Actor,
    subject: Model,
    kind: str,
    text: str,
    after: Place | None,
    size: int,
) -> list[tuple[Place, Any]]:
    if not (kind or text or after):
        latest = _latest(one, one.seen(actor, subject), size + 1, subject=subject.pk)
        return [(one.place_of(row), row) for row in latest]
    rows = one.rows(actor, subject)
    rows = one.of_kind(rows, kind) if kind else one.in_whole(rows)
    if text:
        rows = one.matching(rows, text)
    if after:
        rows = one.before(rows, after)
    ordered = rows.order_by(f"-{one.when}", "-pk")[: size + 1]
    return [(one.place_of(row), row) for row in ordered]


@prepared(subject=BigIntegerField())
def _latest(one: Source, seen: Q, most: int, subject: Mark) -> QuerySet:
    return one.in_whole(one.of(subject).filter(seen)).order_by(f"-{one.when}", "-pk")[:most]


@prepared(subject=BigIntegerField())
def _count(one: Source, seen: Q, subject: Mark) -> QuerySet:
    rows = one.of(subject).filter(seen).select_related(None).order_by()
    return rows.values_list(rows_counted(), flat=True)


def _drawn(actor: Actor, asked: list[Source], taken: list[tuple[Place, Any]]) -> list[Entry]:
    """Each source draws its own rows together, so that what they link to is fetched once."""
    by_source: dict[str, Iterator[Any]] = {}
    for one in asked:
        rows = [row for place, row in taken if place.source == one.name]
        by_source[one.name] = iter(one.drawn(actor, rows) if rows else [])
    named = {one.name: one for one in asked}
    return [
        Entry(
            place,
            named[place.source].kind_of(row),
            next(by_source[place.source]),
            named[place.source].is_day,
        )
        for place, row in taken
    ]


def upcoming(
    actor: Actor,
    subject: Model,
    today: date,
    *,
    kind: str = "",
    known: Mapping[str, Sequence[Any]] | None = None,
) -> list[Entry]:
    """What is to come with a record, from all sources, the next first."""
    held = known or {}
    return sorted(
        (
            entry
            for one in sources(subject)
            if not kind or kind in one.kinds
            for entry in one.upcoming(actor, subject, today, held.get(one.name))
        ),
        key=lambda entry: entry.place,
    )


def counts(
    actor: Actor, subject: Model, *, known: Mapping[str, Sequence[Any]] | None = None
) -> dict[str, int]:
    """How many entries there are of each kind."""
    held = known or {}
    counted: Counter[str] = Counter()
    for one in sources(subject):
        of_one = held.get(one.name)
        counted.update(one.counts(actor, subject) if of_one is None else one.counted(of_one))
    return dict(counted)


def holding(rows: QuerySet, text: str, *columns: str) -> QuerySet:
    """The rows whose columns hold all words of a text, folded; for what few rows a record has."""
    asked = fold(text).split()
    found = [
        values[0]
        for values in rows.values_list("pk", *columns)[:MOST_SEARCHED]
        if _holds(asked, values[1:])
    ]
    return rows.filter(pk__in=found)


def _holds(asked: list[str], values: Iterable[object]) -> bool:
    held = fold(" ".join(str(value) for value in values if value))
    return all(word in held for word in asked)
