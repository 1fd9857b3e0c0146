"""Find anyone by any scrap: one index for all kinds, one row per record and classification.

Besides its folded words an entry holds what words alone do not find, each under a mark of its own:
beginnings (_1 _2 _3), parts (_g), keys of names (_x), phones forwards and backwards (_p _r). And it
holds its scope: kind, classification, branch, team, owner. So the index itself leaves out what an
actor may not see, and no branch starves another's page; `visible` has the last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet

from kesher.core import search_index
from kesher.core.access import OPEN, Actor, Scope, visible
from kesher.core.bulk import insert_rows
from kesher.core.models import SearchEntry
from kesher.core.search_entry import (
    COLUMNS,
    Piece,
    class_mark,
    entry,
    parts,
    scope_marks,
    vocabulary,
)
from kesher.core.search_steps import STEPS, Asked, Query, likeness, name_tokens
from kesher.core.text import clean

LONGEST = 200  # characters of a query that are read
CANDIDATES = 60
MANY = 300


@dataclass(frozen=True)
class Hit:
    """One thing found: enough for a line in a list of results."""

    kind: str
    pk: int
    title: str
    detail: str = ""
    score: float = field(default=0, compare=False)


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


_kinds: dict[str, Searchable] = {}


def searchable(declared: type[Searchable]) -> type[Searchable]:
    """Register how a kind of record is found."""
    _kinds[declared.kind] = declared()
    return declared


def index(kind: str, ids: Sequence[int], *, fresh: bool = False) -> None:
    """Bring the index up to date for these records, in the caller's transaction.

    `fresh` says that none of them was indexed before.
    """
    declared = _kinds[kind]
    with transaction.atomic():
        if not fresh:
            SearchEntry.objects.filter(kind=kind, record_id__in=ids).delete()
        marks = scope_marks(declared.model, ids)
        pieces = list(declared.pieces(ids))
        insert_rows(SearchEntry, COLUMNS, (entry(kind, p, marks[p.record_id]) for p in pieces))
        search_index.learn(vocabulary(pieces))


def rebuild(kind: str, *, chunk: int = 1000) -> int:
    """Index every record of a kind anew; return how many."""
    declared = _kinds[kind]
    ids = list(declared.model._default_manager.order_by("pk").values_list("pk", flat=True))
    SearchEntry.objects.filter(kind=kind).delete()
    for at in range(0, len(ids), chunk):
        index(kind, ids[at : at + chunk], fresh=True)
    return len(ids)


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
    for search in wanted if asked.name_and_number else ():
        search.ask_both(asked)
    for step, base, is_last_resort in STEPS:
        if is_last_resort and any(search.found for search in wanted):
            break
        open_searches = [search for search in wanted if len(search.found) < limit]
        queries = step(asked) if open_searches else []
        for search in open_searches:
            search.ask(asked, queries, base)
    hits = [hit for search in wanted for hit in search.hits()]
    return sorted(hits, key=lambda hit: (-hit.score, hit.title, hit.pk))[:limit]


class _Search:
    """The search through one kind, for one actor."""

    def __init__(self, actor: Actor, declared: Searchable, limit: int):
        self.actor = actor
        self.declared = declared
        self.limit = limit
        self.found: dict[int, float] = {}
        self.classes = None if actor.is_system else sorted({OPEN, *actor.clearances})
        self.scope = self._scope()

    def _scope(self) -> list[list[str]]:
        """Index terms that keep to a kind and to what the actor may see of it."""
        kind = self.declared.kind
        groups = [
            [f"_k{kind}"] if self.classes is None else [class_mark(kind, c) for c in self.classes]
        ]
        scope = self.actor.scope(self.declared.model, "view")
        if scope == Scope.ALL:
            return groups
        marks = [f"_o{self.actor.member_id}"]
        if scope >= Scope.TEAM:
            marks += [f"_t{team}" for team in sorted(self.actor.teams)]
        if scope == Scope.BRANCH:
            marks += [f"_b{branch}" for branch in sorted(self.actor.branches)]
        return [*groups, marks]

    def ask(self, asked: Asked, queries: Iterable[Query], base: float) -> None:
        """Add what matches to what was found; what an earlier step found stays above."""
        fresh: dict[int, float] = {}
        for query in queries:
            for match in search_index.matching(
                [*query.groups, *self.scope], self.classes, CANDIDATES, part=query.part
            ):
                score = base + likeness(asked, match.text) + match.weight
                if match.record_id not in self.found:
                    fresh[match.record_id] = max(score, fresh.get(match.record_id, 0))
        self.found |= fresh

    def ask_both(self, asked: Asked) -> None:
        """Those with the digits in a number, and of them those with the name."""
        names, number = asked.name_and_number or ([], "")
        query = [[part] for part in parts(number)]
        numbered = search_index.matching([*query, *self.scope], self.classes, MANY, part=number)
        held = search_index.words_of(self.declared.kind, [match.record_id for match in numbered])
        for pk, kept in held.items():
            if all(not kept.isdisjoint(name_tokens(name)) for name in names):
                self.found[pk] = 92.0

    def hits(self) -> list[Hit]:
        """The best of what was found, as the actor may see it."""
        best = sorted(self.found, key=lambda pk: (-self.found[pk], -pk))[: self.limit]
        if not best:
            return []
        rows = self.declared.live(visible(self.actor, self.declared.model).filter(pk__in=best))
        return [
            Hit(self.declared.kind, row.pk, *self.declared.hit(self.actor, row), self.found[row.pk])
            for row in rows
        ]
