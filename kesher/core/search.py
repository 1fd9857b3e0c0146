"""Find anyone by any scrap: one index for all kinds, one row per record and classification.

Besides its folded words an entry holds what words alone do not find, each under a mark of its own:
beginnings (_1 _2 _3), parts (_g), keys of names (_x), phones forwards and backwards (_p _r). And it
holds its scope: kind, classification, branch, team, owner. So the index itself leaves out what an
actor may not see, and no branch starves another's page; `visible` has the last word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from rapidfuzz import fuzz

from kesher.core import search_index
from kesher.core.access import OPEN, Actor, Policy, Scope, policy_of, visible
from kesher.core.bulk import insert_rows
from kesher.core.layouts import other_readings
from kesher.core.models import SearchEntry
from kesher.core.names import name_words, skeletons, sounds, word_keys
from kesher.core.phones import digits, own_digits, readings_of_digits
from kesher.core.text import clean, fold, words

LONGEST = 200  # characters of a query that are read
MOST_WORDS = 8  # words of a query that are read
LONGEST_WORD = 60
CANDIDATES = 60
MANY = 300
MOST_KEPT = 400  # words of one entry
COLUMNS = ("kind", "record_id", "classification", "words", "text", "weight")


@dataclass(frozen=True)
class Piece:
    """What one record can be found by, of one classification."""

    record_id: int
    classification: str = OPEN
    names: Sequence[str] = ()  # in any script, with typing errors; the first is what it is called
    texts: Sequence[str] = ()  # also in part
    notes: Sequence[str] = ()  # by whole words and their beginnings
    phones: Sequence[str] = ()  # international form
    weight: int = 0  # below nought sinks among equals


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


# ---- what goes into the index


def index(kind: str, ids: Sequence[int], *, fresh: bool = False) -> None:
    """Bring the index up to date for these records, in the caller's transaction.

    `fresh` says that none of them was indexed before.
    """
    declared = _kinds[kind]
    with transaction.atomic():
        if not fresh:
            SearchEntry.objects.filter(kind=kind, record_id__in=ids).delete()
        marks = _scope_marks(declared.model, ids)
        pieces = list(declared.pieces(ids))
        insert_rows(SearchEntry, COLUMNS, (_entry(kind, p, marks[p.record_id]) for p in pieces))
        search_index.learn(_vocabulary(pieces))


def _entry(kind: str, piece: Piece, scope: list[str]) -> tuple:
    kept: dict[str, None] = {}
    for text in piece.notes:
        kept.update(dict.fromkeys(_whole(words(text))))
    for text in (*piece.names, *piece.texts):
        kept.update(dict.fromkeys(_in_part(words(text))))
    for name in piece.names:
        for word in name_words(name):
            kept.update(dict.fromkeys((word, *(f"_x{key.lower()}" for key in word_keys(word)))))
    lines = [fold(text) for text in (*piece.names, *piece.texts)]
    for number in dict.fromkeys(own_digits(phone) for phone in piece.phones):
        kept.update(dict.fromkeys((f"_p{number}", f"_r{number[::-1]}", *_parts(number))))
        lines.append(number)
    class_mark = _class_mark(kind, piece.classification)
    tokens = [*list(kept)[:MOST_KEPT], f"_k{kind}", class_mark, *scope]
    text = "\n".join(dict.fromkeys(lines))
    return kind, piece.record_id, piece.classification, " ".join(tokens), text, piece.weight


def _class_mark(kind: str, classification: str) -> str:
    return f"_k{kind}_{''.join(words(classification))}"


def _whole(found: Iterable[str]) -> Iterator[str]:
    for word in found:
        short = word[:LONGEST_WORD]
        yield short
        yield from (f"_{n}{short[:n]}" for n in (1, 2, 3) if len(short) >= n)


def _in_part(found: list[str]) -> Iterator[str]:
    yield from _whole(found)
    for word in found:
        yield from _parts(word[:LONGEST_WORD])


def _parts(word: str) -> Iterator[str]:
    return (f"_g{word[at : at + 3]}" for at in range(len(word) - 2))


def _vocabulary(pieces: Iterable[Piece]) -> Iterator[str]:
    """Words of open texts that a typing error may be put right to."""
    for piece in pieces:
        if piece.classification == OPEN:
            for text in (*piece.names, *piece.texts):
                yield from (w for w in words(text) if 3 <= len(w) <= 30 and w.isalpha())


def _scope_marks(model: type[Model], ids: Sequence[int]) -> dict[int, list[str]]:
    """For each record the marks of its branches, team and owner, or of the record it hangs on."""
    policy = policy_of(model)
    marks: dict[int, list[str]] = defaultdict(list)
    if policy.owner == "id":
        marks.update((pk, [f"_o{pk}"]) for pk in ids)
    if policy.branches:
        link = policy.branches
        held = link.model._default_manager.filter(**{f"{link.record}__in": ids})
        for pk, branch in held.values_list(f"{link.record}_id", f"{link.branch}_id"):
            marks[pk].append(f"_b{branch}")
    columns = [(mark, name) for mark, name in _columns(policy) if name]
    rows = model._default_manager.filter(pk__in=ids)
    for pk, *values in rows.values_list("pk", *(f"{name}_id" for _mark, name in columns)):
        found = [f"{mark}{value}" for (mark, _n), value in zip(columns, values, strict=True) if value]
        marks[pk] += found
    if policy.within and not (policy.team or policy.branch or policy.branches):
        _add_marks_of_parents(policy, marks, rows)
    return marks


def _columns(policy: Policy) -> list[tuple[str, str | None]]:
    owner = policy.owner if policy.owner != "id" else None
    return [("_o", owner), ("_t", policy.team), ("_b", policy.branch)]


def _add_marks_of_parents(policy: Policy, marks: dict[int, list[str]], rows: QuerySet) -> None:
    parent = policy.model._meta.get_field(policy.within).related_model
    above = dict(rows.filter(**{f"{policy.within}__isnull": False}).values_list("pk", f"{policy.within}_id"))
    of_parents = _scope_marks(parent, list(set(above.values())))
    for pk, parent_id in above.items():
        marks[pk] = list(dict.fromkeys([*marks[pk], *of_parents[parent_id]]))


def rebuild(kind: str, *, chunk: int = 1000) -> int:
    """Index every record of a kind anew; return how many."""
    declared = _kinds[kind]
    ids = list(declared.model._default_manager.order_by("pk").values_list("pk", flat=True))
    SearchEntry.objects.filter(kind=kind).delete()
    for at in range(0, len(ids), chunk):
        index(kind, ids[at : at + chunk], fresh=True)
    return len(ids)


# ---- how it is asked


@dataclass(frozen=True)
class Query:
    """One way to read what was typed: groups that must all match, and a part of the text."""

    groups: list[list[str]]
    part: str = ""


class _Asked:
    """What was typed, read in all the ways that the steps need."""

    def __init__(self, typed: str):
        self.typed = typed
        self.words = [word[:LONGEST_WORD] for word in words(typed)[:MOST_WORDS]]
        self.folded = fold(typed)

    @cached_property
    def numbers(self) -> list[str]:
        """The digits, where a number was typed and hardly anything else."""
        number = digits(self.folded)
        others = sum(c.isalpha() for c in self.folded)
        return readings_of_digits(self.typed) if len(number) >= 3 and others <= 2 else []

    @cached_property
    def name_and_number(self) -> tuple[list[str], str] | None:
        """A name and some digits of his number: they stand in two entries."""
        number = digits("".join(word for word in self.words if word.isdecimal()))
        names = [word for word in self.words if word.isalpha()]
        is_both = len(number) >= 3 and names and not self.numbers
        return (names, readings_of_digits(number)[0]) if is_both else None

    @cached_property
    def readings(self) -> list[list[str]]:
        """The words, had the keyboard been in another language."""
        found = (words(reading)[:MOST_WORDS] for reading in other_readings(self.typed))
        return [reading for reading in found if reading and len("".join(reading)) > 1]

    @cached_property
    def sound(self) -> str:
        return _sound(self.words)


def find(actor: Actor, text: str, *, kinds: Sequence[str] = (), limit: int = 20) -> list[Hit]:
    """The best matches for what was typed, of the kinds the actor may see, best first."""
    asked = _Asked(clean(text[:LONGEST]))
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
            [f"_k{kind}"] if self.classes is None else [_class_mark(kind, c) for c in self.classes]
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

    def ask(self, asked: _Asked, queries: Iterable[Query], base: float) -> None:
        """Add what matches to what was found; what an earlier step found stays above."""
        fresh: dict[int, float] = {}
        for query in queries:
            for match in search_index.matching(
                [*query.groups, *self.scope], self.classes, CANDIDATES, part=query.part
            ):
                score = base + _likeness(asked, match.text) + match.weight
                if match.record_id not in self.found:
                    fresh[match.record_id] = max(score, fresh.get(match.record_id, 0))
        self.found |= fresh

    def ask_both(self, asked: _Asked) -> None:
        """Those with the digits in a number, and of them those with the name."""
        names, number = asked.name_and_number or ([], "")
        query = [[part] for part in _parts(number)]
        numbered = search_index.matching(
            [*query, *self.scope], self.classes, MANY, part=number
        )
        held = search_index.words_of(self.declared.kind, [match.record_id for match in numbered])
        for pk, kept in held.items():
            if all(not kept.isdisjoint(_name_tokens(name)) for name in names):
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


def _likeness(asked: _Asked, text: str) -> float:
    """From nought to fifteen: how much of the name, or of the number, was typed."""
    lines = text.split("\n")
    if asked.numbers:
        number = asked.numbers[-1]
        ends = max((line.endswith(number) + line.startswith(number) for line in lines), default=0)
        return 5.0 * ends + 5 * (asked.folded in lines)
    name = lines[0]
    if asked.folded in lines:
        return 15.0 if asked.folded == name else 12.0
    by_letters = fuzz.token_sort_ratio(asked.folded, name)
    if by_letters > 80:
        return by_letters / 10
    return max(by_letters, 0.9 * fuzz.token_sort_ratio(asked.sound, _sound(words(name)))) / 10


def _sound(found: Iterable[str]) -> str:
    return " ".join(sounds(word)[0] for word in found if sounds(word)).lower()


# ---- ways to read what was typed, from exact to generous


def _beginning(word: str) -> str:
    return f"_{len(word)}{word}" if len(word) <= 3 else f"{word}*"


def _name_tokens(word: str) -> set[str]:
    start = f"_{min(len(word), 3)}{word[:3]}"
    return {word, *(f"_x{key.lower()}" for key in word_keys(word)), *([start] if len(word) < 4 else [])}


def _exactly(asked: _Asked) -> list[Query]:
    return [Query([[word] for word in asked.words])]


def _by_number(asked: _Asked) -> list[Query]:
    if not asked.numbers:
        return []
    ways = [f"_p{n}*" for n in asked.numbers] + [f"_r{n[::-1]}*" for n in asked.numbers]
    return [Query([ways])]


def _by_beginnings(asked: _Asked) -> list[Query]:
    return [Query([[_beginning(word)] for word in asked.words])]


def _by_digits(asked: _Asked) -> list[Query]:
    return [Query([[part] for part in _parts(n)], part=n) for n in asked.numbers if len(n) >= 3]


def _by_layout(asked: _Asked) -> list[Query]:
    return [Query([[_beginning(word)] for word in reading]) for reading in asked.readings]


def _by_sound(asked: _Asked) -> list[Query]:
    """Names in any script; the last word may be only begun."""
    if asked.numbers:
        return []
    groups = []
    for at, word in enumerate(asked.words):
        keys = [f"_x{key.lower()}" for key in word_keys(word)]
        if at == len(asked.words) - 1 and (at or len(word) > 3):
            keys += [f"_x{skeleton.lower()}*" for skeleton in skeletons(word)[:3]]
        groups.append([_beginning(word), *keys])
    return [Query(groups)]


def _by_part(asked: _Asked) -> list[Query]:
    parts = [part for word in asked.words for part in _parts(word)]
    return [Query([[part] for part in parts[:24]], part=asked.folded)] if parts else []


def _by_correction(asked: _Asked) -> list[Query]:
    return [_corrected(asked.words)] if asked.words and not asked.numbers else []


def _by_layout_and_correction(asked: _Asked) -> list[Query]:
    return [_corrected(reading) for reading in asked.readings]


def _corrected(found: Sequence[str]) -> Query:
    return Query([[_beginning(word), *search_index.similar_words(word)] for word in found])


def _by_fewer_words(asked: _Asked) -> list[Query]:
    """A second name or a street that we do not know of must not hide the person."""
    if len(asked.words) < 3:
        return []
    rests = ([w for i, w in enumerate(asked.words) if i != at] for at in range(len(asked.words)))
    return [Query([[_beginning(word)] for word in rest]) for rest in rests]


STEPS = (  # how, the score it starts at, whether it is tried only while nothing was found
    (_exactly, 95, False),
    (_by_number, 90, False),
    (_by_beginnings, 80, False),
    (_by_layout, 70, True),
    (_by_sound, 60, False),
    (_by_digits, 55, False),
    (_by_part, 50, False),
    (_by_correction, 40, True),
    (_by_layout_and_correction, 35, True),
    (_by_fewer_words, 30, True),
)
