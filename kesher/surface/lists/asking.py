"""What somebody asks a list for, out of an address and back into one.

An address that names only a view means the view as it is kept; anything more replaces what the
view holds, so that a link shows the same to whoever may see the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qsl, urlencode

from kesher.core.access import Actor
from kesher.core.cursors import Order
from kesher.core.fields import Field
from kesher.core.filters import Term, address, read, usable
from kesher.core.text import clean
from kesher.surface.lists.declaring import Listing
from kesher.surface.lists.views import Shown, view_of

Pairs = list[tuple[str, str]]
MOST_COLUMNS = 24
WIDTHS = ("wide", "narrow")  # a column may say so behind a tilde: cols=name,city~wide
LONGEST_TEXT = 100
# What does not change which rows a list holds nor how it looks.
PASSING = frozenset({"view", "after", "peek", "in", "format", "size"})


@dataclass(frozen=True)
class Ask:
    """A list as somebody wants it: which rows, in which order, with which columns."""

    listing: Listing
    view: Shown | None = None
    terms: tuple[Term, ...] = ()
    unread: tuple[str, ...] = ()  # parts of the address that mean nothing to this reader
    sort: str = ""
    descending: bool = False
    columns: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()  # the columns that this reader has unless he asks for others
    widths: tuple[tuple[str, str], ...] = ()  # of columns that are not as wide as usual
    groups: tuple[str, ...] = ()
    text: str = ""
    at: str = ""
    kept: str = ""  # the view as this reader reads it

    # ---- back into an address

    def pairs(self) -> Pairs:
        """All that makes this list what it is, in one fixed order."""
        listing = self.listing
        found = address(self.terms, listing.kind)
        if self.text:
            found.append(("q", self.text))
        sort = f"{'-' if self.descending else ''}{self.sort}"
        if sort != listing.sort:
            found.append(("sort", sort))
        if self.columns != self.usual or self.widths:
            found.append(("cols", ",".join(self.column_words)))
        found += [
            (name, group) for name, group in zip(("group", "group2"), self.groups, strict=False)
        ]
        return found

    @property
    def column_words(self) -> list[str]:
        """The columns as an address names them, with their widths."""
        widths = dict(self.widths)
        return [f"{name}~{widths[name]}" if name in widths else name for name in self.columns]

    @property
    def state(self) -> str:
        """The pairs as text: what a view keeps and what a link to a record carries along."""
        return urlencode(self.pairs())

    @property
    def is_modified(self) -> bool:
        """Whether this is no longer what the view keeps."""
        return self.view is not None and self.state != self.kept

    def query(self, *, at: str = "") -> str:
        """The query of the address that shows this list."""
        found: Pairs = []
        if self.view is not None:
            found.append(("view", self.view.key))
        if self.view is None or self.is_modified:
            found += self.pairs() or [("all", "1")]
        if at:
            found.append(("after", at))
        return urlencode(found)

    # ---- other lists from this one

    def with_terms(self, terms: Iterable[Term]) -> Ask:
        """The same list with other filters, from its first page."""
        return replace(self, terms=tuple(terms), at="")

    def with_term(self, term: Term) -> Ask:
        """The same list with one more filter; values of the same filter gather."""
        same = [one for one in self.terms if one.key == term.key]
        if not same:
            return self.with_terms((*self.terms, term))
        values = tuple(dict.fromkeys((*same[0].values, *term.values)))
        return self.with_terms(
            replace(one, values=values) if one.key == term.key else one for one in self.terms
        )

    def without(self, key: str, value: str = "") -> Ask:
        """The same list without a filter, or without one of its values."""
        kept = []
        for one in self.terms:
            if one.key != key:
                kept.append(one)
            elif value and one.values != (value,):
                kept.append(replace(one, values=tuple(v for v in one.values if v != value)))
        return self.with_terms(kept)

    def sorted_by(self, name: str) -> Ask:
        """The same list sorted by a column; once more turns it round."""
        turned = not self.descending if name == self.sort else False
        return replace(self, sort=name, descending=turned, at="")

    def with_columns(self, columns: Sequence[str]) -> Ask:
        """The same list with these columns after the first, each as an address names it."""
        widths = dict(map(split_width, (self.listing.lead, *columns)))
        names = tuple(widths)[:MOST_COLUMNS]
        kept = tuple((name, widths[name]) for name in names if widths[name])
        return replace(self, columns=names, widths=kept, at="")

    def grouped_by(self, *groups: str) -> Ask:
        """The same list with its rows put together."""
        return replace(self, groups=tuple(dict.fromkeys(filter(None, groups)))[:2], at="")

    @property
    def order(self) -> Order:
        """How the rows are ordered."""
        one = self.listing.kind.fields.get(self.sort)
        return Order(one.sort if one else (), self.descending)


def split_width(word: str) -> tuple[str, str]:
    """The name of a column and how wide it is to be; nothing means as usual."""
    name, _tilde, width = word.partition("~")
    return name, width if width in WIDTHS else ""


def ask(
    listing: Listing, actor: Actor, pairs: Iterable[tuple[str, str]], *, today: date,
    views: Sequence[Shown] = (),
) -> Ask:  # fmt: skip
    """Read an address as far as this reader can; what means nothing to him is named in `unread`."""
    given = [(key, clean(value)) for key, value in pairs]
    passing = dict(item for item in given if item[0] in PASSING)
    own = [item for item in given if item[0] not in PASSING]
    view = view_of(views, passing.get("view", ""), is_bare=not own)
    reader = _Reader(listing, actor, today)
    viewed = reader.ask(view.pairs) if view is not None else None
    asked = viewed if viewed is not None and not own else reader.ask(own)
    kept = viewed.state if viewed is not None else ""
    return replace(asked, view=view, at=passing.get("after", ""), kept=kept)


def ask_state(listing: Listing, actor: Actor, state: str, *, today: date) -> Ask:
    """Read what a view or a link keeps."""
    return _Reader(listing, actor, today).ask(parse_state(state))


def parse_state(state: str) -> Pairs:
    """The pairs of a kept state; what is no query at all is an empty one."""
    try:
        return parse_qsl(state[:8000], keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return []


@dataclass(frozen=True)
class _Reader:
    listing: Listing
    actor: Actor
    today: date

    def ask(self, pairs: Pairs) -> Ask:
        """The list that these pairs ask for."""
        kind = self.listing.kind
        terms, unread = read(pairs, kind, self.actor)
        terms, bad = usable(terms, kind, self.actor, today=self.today)
        catalogue = self.listing.fields(self.actor)
        single = dict(pairs)
        sort, descending, unsorted = self._sort(single.get("sort", ""), catalogue)
        columns, widths, unshown = self._columns(pairs, catalogue)
        groups, ungrouped = self._groups(single, catalogue)
        return Ask(
            listing=self.listing,
            terms=tuple(terms),
            unread=tuple(dict.fromkeys([*unread, *bad, *unsorted, *unshown, *ungrouped])),
            sort=sort,
            descending=descending,
            columns=columns,
            usual=self._columns([], catalogue)[0],
            widths=widths,
            groups=groups,
            text=single.get("q", "").strip()[:LONGEST_TEXT],
        )

    def _sort(self, wanted: str, catalogue: dict[str, Field]) -> tuple[str, bool, list[str]]:
        name, descending = wanted.removeprefix("-"), wanted.startswith("-")
        if name in catalogue and catalogue[name].sort:
            return name, descending, []
        usual = self.listing.sort
        if usual.removeprefix("-") not in catalogue:
            return "", False, []
        unread = [f"sort={name}"[:60]] if name else []
        return usual.removeprefix("-"), usual.startswith("-"), unread

    def _columns(
        self, pairs: Pairs, catalogue: dict[str, Field]
    ) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...], list[str]]:
        said = [word for key, value in pairs if key == "cols" for word in value.split(",") if word]
        given = dict(map(split_width, said))
        wanted = dict.fromkeys((self.listing.lead, *(given or self.listing.columns)))
        known = [name for name in wanted if name in catalogue and catalogue[name].shown]
        shown = tuple(known[:MOST_COLUMNS])
        widths = tuple((name, given[name]) for name in shown if given.get(name))
        return shown, widths, [name[:60] for name in given if name not in known]

    def _groups(
        self, single: dict[str, str], catalogue: dict[str, Field]
    ) -> tuple[tuple[str, ...], list[str]]:
        wanted = [single[key] for key in ("group", "group2") if single.get(key)]
        known = [name for name in wanted if name in catalogue and catalogue[name].groups]
        return tuple(dict.fromkeys(known)), [n[:60] for n in wanted if n not in known]
