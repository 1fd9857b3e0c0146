"""Find anyone by any scrap: one index for all kinds, one row per record and classification.

Besides folded words, `words` holds name skeletons (qx), phones forwards (qp) and backwards (qr),
and the scope of the record: branch (qb), team (qt), owner (qo). So the index itself leaves out what
an actor may not see, and no branch starves another's page; `visible` has the last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from rapidfuzz import fuzz, process

from kesher.core import search_index
from kesher.core.access import OPEN, Actor, Scope, policy_of, visible
from kesher.core.events import branches_of
from kesher.core.layouts import other_readings
from kesher.core.models import SearchEntry
from kesher.core.names import name_keys, skeletons
from kesher.core.phones import digits
from kesher.core.text import clean, fold, words

LONGEST = 200  # characters of a query that are read
CANDIDATES = 60
TYPO_CANDIDATES = 3000
TYPO_LIMIT = 72


@dataclass(frozen=True)
class Piece:
    """What one record can be found by, of one classification."""

    record_id: int
    classification: str = OPEN
    names: Sequence[str] = ()
    texts: Sequence[str] = ()
    phones: Sequence[tuple[str, str]] = ()  # (E.164, national digits)
    weight: int = 0


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
        """What these records can be found by."""
        raise NotImplementedError

    def live(self, rows: QuerySet) -> QuerySet:
        """The rows worth finding (without binned ones), with what `hit` needs."""
        return rows

    def hit(self, actor: Actor, record: Model) -> tuple[str, str]:
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
        scopes = _scope_marks(declared.model, ids)
        SearchEntry.objects.bulk_create(
            (
                _entry(kind, piece, scopes.get(piece.record_id, []))
                for piece in declared.pieces(ids)
            ),
            batch_size=500,
        )


def _entry(kind: str, piece: Piece, scope: list[str]) -> SearchEntry:
    found = [word for text in (*piece.names, *piece.texts) for word in words(text)]
    found += [f"qx{key.lower()}" for name in piece.names for key in sorted(name_keys(name))]
    for normal, national in piece.phones:
        dialled = digits(normal)
        found += [f"qp{dialled}", f"qp{national}", f"qr{dialled[::-1]}"]
    fragments = [fold(text) for text in (*piece.names, *piece.texts)]
    fragments += [part for normal, national in piece.phones for part in (digits(normal), national)]
    return SearchEntry(
        kind=kind,
        record_id=piece.record_id,
        classification=piece.classification,
        words=" ".join(dict.fromkeys([*found, f"qk{kind}", *scope])),
        text=" ".join(dict.fromkeys(fragments)),
        weight=piece.weight,
    )


def _scope_marks(model: type[Model], ids: Sequence[int]) -> dict[int, list[str]]:
    policy = policy_of(model)
    marks: dict[int, list[str]] = {}
    if policy.branches:
        link = policy.branches
        held = link.model._default_manager.filter(**{f"{link.record}__in": ids})
        for pk, branch in held.values_list(f"{link.record}_id", f"{link.branch}_id"):
            marks.setdefault(pk, []).append(f"qb{branch}")
    rows = model._default_manager.filter(pk__in=ids)
    if not policy.branches and policy.within:
        rows = rows.select_related(policy.within)
    for row in rows:
        held_marks = marks.setdefault(row.pk, [])
        for column, mark in ((policy.owner, "qo"), (policy.team, "qt")):
            value = getattr(row, model._meta.get_field(column).attname) if column else None
            if value:
                held_marks.append(f"{mark}{value}")
        if not policy.branches:
            held_marks += [f"qb{branch}" for branch in branches_of(policy, row)]
    return marks


def find(actor: Actor, text: str, *, kinds: Sequence[str] = (), limit: int = 20) -> list[Hit]:
    """The best matches for what was typed, of the kinds the actor may see, best first."""
    typed = clean(text)[:LONGEST]
    wanted = [
        declared
        for kind, declared in _kinds.items()
        if (not kinds or kind in kinds) and actor.scope(declared.model, "view") > Scope.NONE
    ]
    hits = [hit for declared in wanted for hit in _find_kind(actor, declared, typed, limit)]
    return sorted(hits, key=lambda hit: -hit.score)[:limit]


def _find_kind(actor: Actor, declared: Searchable, typed: str, limit: int) -> list[Hit]:
    asked = words(typed)
    if not asked:
        return []
    scope = _scope_of(actor, declared)
    found: dict[int, float] = {}
    for queries, base in _ladder(typed, asked):
        for query in queries:
            for pk in search_index.matching(query, scope, actor, CANDIDATES):
                found.setdefault(pk, base)
        if len(found) >= limit or (found and base < 60):
            break
    hits = _hits(actor, declared, found, asked)
    return hits[:limit] if hits else _nearest(actor, declared, scope, asked)[:limit]


def _ladder(typed: str, asked: list[str]):
    """Ways to read what was typed, from exact to generous; each with the score it starts at."""
    number = digits(typed)
    if len(number) >= 3 and len(number) >= sum(c.isalnum() for c in typed) - 2:
        bare = number.lstrip("0") or number
        yield [
            [[f"qp{number}*", f"qp{bare}*", f"qr{number[::-1]}*", f"qr{bare[::-1]}*", f"{number}*"]]
        ], 90
        yield [search_index.Fragment(bare)], 60
        return
    yield [[[f"{word}*"] for word in asked]], 80
    keys = [[f"qx{key.lower()}" for key in skeletons(word)] for word in asked]
    if any(len(key) > 3 for alternatives in keys for key in alternatives):
        yield [[[f"{word}*", *key] for word, key in zip(asked, keys, strict=True)]], 60
    if len(fold(typed)) >= 3:
        yield [search_index.Fragment(fold(typed))], 50
    readings = [words(reading) for reading in other_readings(typed)]
    yield [[[f"{word}*"] for word in reading] for reading in readings if reading], 45


def _scope_of(actor: Actor, declared: Searchable) -> list[list[str]]:
    """Index terms that keep to a kind and to what the actor's scope reaches."""
    kind = [f"qk{declared.kind}"]
    scope = actor.scope(declared.model, "view")
    if scope == Scope.ALL:
        return [kind]
    marks = [f"qo{actor.member_id}"]
    if scope >= Scope.TEAM:
        marks += [f"qt{team}" for team in sorted(actor.teams)]
    if scope == Scope.BRANCH:
        marks += [f"qb{branch}" for branch in sorted(actor.branches)]
    return [kind, marks]


def _hits(
    actor: Actor, declared: Searchable, found: dict[int, float], asked: list[str]
) -> list[Hit]:
    rows = declared.live(visible(actor, declared.model).filter(pk__in=list(found)))
    hits = []
    for record in rows:
        title, detail = declared.hit(actor, record)
        likeness = fuzz.WRatio(" ".join(asked), " ".join(words(title)))
        hits.append(Hit(declared.kind, record.pk, title, detail, found[record.pk] + likeness / 10))
    return sorted(hits, key=lambda hit: (-hit.score, hit.title))


def _nearest(
    actor: Actor, declared: Searchable, scope: list[list[str]], asked: list[str]
) -> list[Hit]:
    """Nothing matched: compare with names that begin alike, to forgive a typo."""
    heads = sorted({word[:2] for word in asked if len(word) > 2} | {word[0] for word in asked})
    if not heads or digits("".join(asked)):
        return []
    query = [[f"{head}*" for head in heads]]
    texts = search_index.texts(query, scope, actor, TYPO_CANDIDATES)
    typed = " ".join(asked)
    best = process.extract(
        typed, texts, scorer=fuzz.token_set_ratio, limit=20, score_cutoff=TYPO_LIMIT
    )
    found = {pk: 20 + score / 10 for _text, score, pk in best}
    return _hits(actor, declared, found, asked)


def rebuild(kind: str, *, chunk: int = 2000) -> int:
    """Index every record of a kind anew; return how many."""
    declared = _kinds[kind]
    ids = list(declared.model._default_manager.order_by("pk").values_list("pk", flat=True))
    SearchEntry.objects.filter(kind=kind).delete()
    for at in range(0, len(ids), chunk):
        index(kind, ids[at : at + chunk], fresh=True)
    return len(ids)


def is_indexed_by_database() -> bool:
    """Whether this database has the full-text index that searching needs."""
    return connection.vendor in ("sqlite", "postgresql")
