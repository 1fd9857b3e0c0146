"""The rows of a list: which ones, a page of them, how many, and which stand beside one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from kesher.core.access import SYSTEM, Actor, sight, visible
from kesher.core.fields import Field
from kesher.core.filters import BadFilter, Term, condition
from kesher.core.paging import SIZE, Held, Page, count_up_to, neighbours, page
from kesher.core.reading import reader
from kesher.core.search_within import within
from kesher.surface.lists.asking import Ask, ask_state
from kesher.surface.lists.declaring import Listing

MOST_COUNTED = 100_000  # of the list; of each tab
MOST_OF_A_TAB = 10_000


def rows_of(ask: Ask, actor: Actor, *, today: date, right: str = "view") -> QuerySet:
    """The rows that a list holds for this reader; with a right, those he may do that to."""
    rows = _held(ask, actor, today=today, right=right).rows
    return _with_words(ask, actor, rows) if ask.text else rows


def _held(ask: Ask, actor: Actor, *, today: date, right: str = "view") -> Held:
    """The rows of a list apart from the words typed over it."""
    kind = ask.listing.kind
    conditions = [sight(actor, kind.model)]
    if right != "view":
        conditions.append(sight(actor, kind.model, right))
    conditions += [_standing(ask, today), condition(ask.terms, kind, actor, today=today)]
    return Held(kind.model, tuple(conditions))


def _standing(ask: Ask, today: date) -> Q:
    """What a list leaves out as long as nobody asks for it, such as the bin."""
    asked_for = {term.field for term in ask.terms}
    terms = [
        Term(field=name, op="is", values=(value,))
        for name, value in ask.listing.standing.items()
        if name not in asked_for
    ]
    return condition(terms, ask.listing.kind, SYSTEM, today=today)


def _with_words(ask: Ask, actor: Actor, rows: QuerySet) -> QuerySet:
    """Those that hold the words typed over the list, in what the reader may read."""
    if ask.listing.index:
        return within(actor, ask.listing.index, ask.text, rows)
    catalogue = ask.listing.fields(actor)
    held = Q(pk__in=[])
    for name in ask.listing.searched:
        term = Term(field=name, op="has", values=(ask.text,))
        if name in catalogue:
            with suppress(BadFilter):  # what is typed need not be a number, say
                held |= condition([term], ask.listing.kind, actor, today=date.min)
    return rows.filter(held)


@dataclass(frozen=True)
class Sheet:
    """One page of a list, read: each row's number and its values in the order of the fields."""

    page: Page
    fields: tuple[Field, ...]
    rows: list[tuple[int, list[Any]]]

    def at(self, name: str) -> int | None:
        """Where the values of a field stand."""
        return next((at for at, one in enumerate(self.fields) if one.name == name), None)


def sheet_of(
    ask: Ask, actor: Actor, *, today: date, size: int = SIZE, more: Sequence[str] = ()
) -> Sheet:
    """A page of the list with its columns, and what drawing them needs besides."""
    fields = fields_of(ask, actor, more)
    read = reader(actor, fields)
    rows = rows_of(ask, actor, today=today) if ask.text else _held(ask, actor, today=today)
    found = page(rows, ask.order, read.paths, at=ask.at, size=size, narrowed=_is_narrowed(ask))
    return Sheet(found, fields, read.rows(found.rows))


def _is_narrowed(ask: Ask) -> bool:
    """Whether the nearest rows in order are tried first.

    Filters of Kesher's have indexes that go with the usual order. Those of an own field have one
    that goes with its own order alone, so where that is asked for nothing is to be tried.
    """
    fields = ask.listing.kind.fields
    own = {t.field for t in ask.terms if fields[t.field].is_own and t.op != "empty"}
    others = {term.field for term in ask.terms} - (own & {ask.sort})
    is_unusual = ask.sort != ask.listing.sort.removeprefix("-")
    return bool(others) and (is_unusual or bool(own & others))


def fields_of(ask: Ask, actor: Actor, more: Sequence[str] = ()) -> tuple[Field, ...]:
    """The fields of the columns, and of what stands beside them, as far as they may be read."""
    catalogue = ask.listing.fields(actor)
    listing = ask.listing
    beside = (*more, *listing.beside, *filter(None, (listing.sub,)))
    names = dict.fromkeys((*ask.columns, *beside))
    return tuple(catalogue[name] for name in names if name in catalogue)


def values_of(
    ask: Ask, actor: Actor, pk: int, *, today: date, more: Sequence[str] = ()
) -> Sheet | None:
    """One row of the list, whether or not it still meets the filters."""
    fields = fields_of(ask, actor, more)
    read = reader(actor, fields)
    rows = visible(actor, ask.listing.kind.model).filter(pk=pk)
    found = list(rows.values_list("pk", *read.paths))
    return Sheet(Page(found), fields, read.rows(found)) if found else None


def count_of(ask: Ask, actor: Actor, *, today: date, most: int = MOST_COUNTED) -> tuple[int, bool]:
    """How many rows there are, and whether that is all: counting stops at `most`."""
    return count_up_to(rows_of(ask, actor, today=today), most)


def beside(
    listing: Listing, actor: Actor, state: str, pk: int, *, today: date
) -> tuple[int | None, int | None]:
    """The rows before and after one in the list that a link carries along."""
    ask = ask_state(listing, actor, state, today=today)
    if not visible(actor, listing.kind.model).filter(pk=pk).exists():
        return None, None
    return neighbours(rows_of(ask, actor, today=today), ask.order, pk)
