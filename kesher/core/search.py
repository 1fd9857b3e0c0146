"""Find anyone by any scrap: one index for all kinds, one row per record and classification.

Besides its folded words an entry holds what words alone do not find, each under its own mark:
beginnings (_1 _2 _3), parts (_g), keys of names (_x), phones forwards and backwards (_p _h _r).
And it holds its scope: kind, classification, branch, team, owner. So the index itself leaves out
what an actor may not see, and no branch starves another's page; `sight` has the last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, QuerySet

from kesher.core import search_index
from kesher.core.access import OPEN, Actor, Scope, sight
from kesher.core.among import Many
from kesher.core.bulk import insert_rows
from kesher.core.models import SearchEntry
from kesher.core.prepared import Mark, prepared
from kesher.core.search_entry import (
    COLUMNS,
    Piece,
    entry,
    parts,
    scope_marks,
    scope_tokens,
    vocabulary,
)
from kesher.core.search_steps import STEPS, Asked, Query, likeness, name_tokens
from kesher.core.text import clean

LONGEST = 200  # characters of a query that are read
NEWEST = 120  # matches that are looked at before the index is asked for the actor's own
CANDIDATES = 50


@dataclass(frozen=True)
class Hit:
    """One thing found: enough for a line in a list of results."""

    kind: str
    pk: int
    title: str
    detail: str = ""
    score: float = field(default=0, compare=False)

    @property
    def parts(self) -> list[str]:
        """The detail in pieces, each of which may run in its own direction."""
        return [part for part in self.detail.split(" · ") if part]


class Searchable:
    """How one kind of record is found. Declared in `search.py` of its part."""

    kind: str
    model: type[Model]

    def pieces(self, ids: Sequence[int]) -> Iterable[Piece]:
        """What these records can be found by; nothing for one that is not to be found."""
        raise NotImplementedError

    def live(self, rows: QuerySet) -> QuerySet:
        """The rows worth finding (without binned ones), with what `hit` needs."""
        return rows

    def hit(self, actor: Actor, record: Any) -> tuple[str, str]:
        """Title and detail of one found record, as far as the actor may read them."""
        raise NotImplementedError

    def follow(self, ids: Sequence[int]) -> None:
        """What else is known of records by what they are found by, in the same transaction."""

    def lines(self, actor: Actor, records: Sequence[Any]) -> list[tuple[str, str]]:
        """The same of many at once, for a kind that asks for something all of them need."""
        return [self.hit(actor, record) for record in records]


_kinds: dict[str, Searchable] = {}


def searchable(declared: type[Searchable]) -> type[Searchable]:
    """Register how a kind of record is found."""
    _kinds[declared.kind] = declared()
    return declared


_gathered: ContextVar[dict[str, dict[int, bool]] | None] = ContextVar("gathered", default=None)


@contextmanager
def indexed_once() -> Iterator[None]:
    """What is written within brings the index up to date once, at its end, in one transaction."""
    gathered: dict[str, dict[int, bool]] = {}
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
    for kind, records in gathered.items():
        for is_fresh in (True, False):
            ids = [pk for pk, fresh in records.items() if fresh == is_fresh]
            if ids:
                index(kind, ids, fresh=is_fresh)


def index(kind: str, ids: Sequence[int], *, fresh: bool = False) -> None:
    """Bring the index up to date for these records, in the caller's transaction.

    `fresh` says that none of them was indexed before.
    """
    gathered = _gathered.get()
    if gathered is not None:
        records = gathered.setdefault(kind, {})
        for pk in ids:
            records.setdefault(pk, fresh)
        return
    declared = _kinds[kind]
    with transaction.atomic():
        if not fresh:
            SearchEntry.objects.filter(kind=kind, record_id__among=ids).delete()
        marks = scope_marks(declared.model, ids)
        pieces = list(declared.pieces(ids))
        insert_rows(SearchEntry, COLUMNS, (entry(kind, p, marks[p.record_id]) for p in pieces))
        search_index.learn(vocabulary(pieces))
        declared.follow(ids)


def index_rows(model: type[Model], ids: Sequence[int]) -> None:
    """The same for rows of a table, if it is one that is searched."""
    for kind in [kind for kind, declared in _kinds.items() if declared.model is model]:
        for at in range(0, len(ids), 500):
            index(kind, ids[at : at + 500])


def rebuild(kind: str, *, chunk: int = 1000) -> int:
    """Index every record of a kind anew; return how many."""
    declared = _kinds[kind]
    ids = list(declared.model._default_manager.order_by("pk").values_list("pk", flat=True))
    SearchEntry.objects.filter(kind=kind).delete()
    for at in range(0, len(ids), chunk):
        index(kind, ids[at : at + chunk], fresh=True)
    return len(ids)


def index_new_kinds() -> None:
    """Index kinds of record that are searched since this version and were there before."""
    for kind, declared in _kinds.items():
        is_known = SearchEntry.objects.filter(kind=kind).exists()
        if not is_known and declared.model._default_manager.exists():
            rebuild(kind)


def find(actor: Actor, text: str, *, kinds: Sequence[str] = (), limit: int = 20) -> list[Hit]:
    """The best matches for what was typed, of the kinds the actor may see, best first."""
    asked = Asked(clean(text[:LONGEST]))
    if not asked.words:
        return []
    wanted = [
        _Search(actor, declared, limit)
        for kind, declared in _kinds.items()
        if (not kinds or kind in kinds) and actor.scope(declared.model, "view") > Scope.NONE
    ]
    searches = {search.declared.kind: search for search in wanted}
    if asked.name_and_number:
        _ask_both(searches, asked)
    _walk(searches, asked, limit)
    hits = [hit for search in wanted for hit in search.hits()]
    return sorted(hits, key=lambda hit: (-hit.score, hit.title, hit.pk))[:limit]


def _walk(searches: dict[str, _Search], asked: Asked, limit: int) -> None:
    """From exact to generous, until enough is found: what comes later is no better."""
    for step in STEPS:
        found = sum(len(search.found) for search in searches.values())
        if found >= limit:
            return
        if step.is_alone and found:
            continue
        for query in step.read(asked):
            _ask(searches, asked, query, step.base)
        for search in searches.values():
            search.keep()
        if step.is_alone and any(search.found for search in searches.values()):
            return


def _ask(searches: dict[str, _Search], asked: Asked, query: Query, base: float) -> None:
    """Look at the newest matches; where most are out of sight, ask for those in sight."""
    numbers = search_index.newest(query.groups, NEWEST)
    _take(searches, asked, query, base, numbers)
    for kind, search in searches.items() if len(numbers) == NEWEST else ():
        if len(search.fresh) < search.limit and search.is_narrow(searches):
            within = search_index.newest([*query.groups, search.tokens], CANDIDATES)
            _take({kind: search}, asked, query, base, within)


def _take(
    searches: dict[str, _Search], asked: Asked, query: Query, base: float, numbers: Sequence[int]
) -> None:
    for match in search_index.entries(numbers):
        search = searches.get(match.kind)
        if search is None or len(search.fresh) >= CANDIDATES:
            continue
        if search.may_find(match) and query.part in match.text:
            score = base + likeness(asked, match.text) + match.weight
            search.fresh[match.record_id] = max(score, search.fresh.get(match.record_id, score))


def _ask_both(searches: dict[str, _Search], asked: Asked) -> None:
    """Those with the digits in a number, and of them those with the name."""
    names, number = asked.name_and_number or ([], "")
    query = Query([[part] for part in parts(number)], number)
    _ask(searches, asked, query, 0)
    for kind, search in searches.items():
        held = search_index.words_of(kind, list(search.fresh))
        search.fresh = {
            pk: 92.0
            for pk, kept in held.items()
            if all(not kept.isdisjoint(name_tokens(name)) for name in names)
        }
        search.keep()


@prepared(numbers=Many())
def _live(declared: Searchable, seen: Q, numbers: Mark) -> QuerySet:
    return declared.live(declared.model._default_manager.filter(seen, pk__among=numbers))


class _Search:
    """The search through one kind, for one actor."""

    def __init__(self, actor: Actor, declared: Searchable, limit: int):
        self.actor = actor
        self.declared = declared
        self.limit = limit
        self.found: dict[int, float] = {}
        self.fresh: dict[int, float] = {}  # by the step that is under way
        self.classes = frozenset({OPEN, *actor.clearances})
        self.reach = actor.scope(declared.model, "view")
        self.marks = self._marks()
        self.tokens = (
            [f"_k{declared.kind}"]
            if actor.is_system
            else scope_tokens(declared.kind, sorted(self.classes), sorted(self.marks) or [""])
        )

    def _marks(self) -> frozenset[str]:
        """The branches, teams and owner that an entry must have; none where all are in sight."""
        if self.reach == Scope.ALL:
            return frozenset()
        marks = {f"_o{self.actor.member_id}"}
        if self.reach >= Scope.TEAM:
            marks |= {f"_t{team}" for team in self.actor.teams}
        if self.reach == Scope.BRANCH:
            marks |= {f"_b{branch}" for branch in self.actor.branches}
        return frozenset(marks)

    def is_narrow(self, searches: dict[str, _Search]) -> bool:
        """Whether asking for this kind and scope alone can find more than asking for all."""
        return bool(self.marks) or len(searches) > 1 or not self.actor.is_system

    def may_find(self, match: search_index.Match) -> bool:
        """Whether the actor may know that this entry matched."""
        if not self.actor.is_system and match.classification not in self.classes:
            return False
        return self.reach == Scope.ALL or not self.marks.isdisjoint(match.scope.split())

    def keep(self) -> None:
        """Add what a step found; what an earlier step found stays above."""
        self.found = self.fresh | self.found
        self.fresh = {}

    def hits(self) -> list[Hit]:
        """The best of what was found, as the actor may see it."""
        best = sorted(self.found, key=lambda pk: (-self.found[pk], -pk))[: self.limit]
        if not best:
            return []
        rows = _live(self.declared, sight(self.actor, self.declared.model), numbers=best)
        lines = self.declared.lines(self.actor, rows)
        return [
            Hit(self.declared.kind, row.pk, *line, self.found[row.pk])
            for row, line in zip(rows, lines, strict=True)
        ]
