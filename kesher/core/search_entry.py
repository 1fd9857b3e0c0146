"""What goes into the index: the words, parts and keys of a record, and the marks of its scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Model, Q

from kesher.core.access import OPEN, Policy, policy_of
from kesher.core.among import found_among
from kesher.core.names import name_words, word_keys
from kesher.core.phones import own_digits
from kesher.core.text import fold, words

LONGEST_WORD = 60
MOST_KEPT = 400  # words of one entry
COLUMNS = ("kind", "record_id", "classification", "scope", "words", "text", "weight")


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


def entry(kind: str, piece: Piece, scope: list[str]) -> tuple:
    kept: dict[str, None] = {}
    for text in piece.notes:
        kept.update(dict.fromkeys(_whole(words(text))))
    for text in (*piece.names, *piece.texts):
        for word in words(text):
            kept.update(_in_part(word))
    for name in piece.names:
        for word in name_words(name):
            kept.update(_by_ear(word))
    lines = [fold(text) for text in (*piece.names, *piece.texts)]
    for number in dict.fromkeys(own_digits(phone) for phone in piece.phones):
        heads = (f"_h{number[:2]}", f"_h{number[:3]}")
        kept.update(dict.fromkeys((f"_p{number}", f"_r{number[::-1]}", *heads, *parts(number))))
        lines.append(number)
    marks = scope_tokens(kind, [piece.classification], ["", *scope])
    tokens = [*list(kept)[:MOST_KEPT], f"_k{kind}", *marks]
    text = "\n".join(dict.fromkeys(lines))
    held = " ".join(scope)
    return (
        *(kind, piece.record_id, piece.classification),
        *(held, " ".join(tokens), text, piece.weight),
    )


def scope_tokens(kind: str, classes: Iterable[str], marks: Iterable[str]) -> list[str]:
    """Index terms that keep to a kind, to classifications and to a branch, team or owner."""
    held = list(marks)
    plain = ("".join(words(classification)) for classification in classes)
    return [f"_k{kind}_{one}{mark}" for one in plain for mark in held]


def _whole(found: Iterable[str]) -> Iterator[str]:
    for word in found:
        yield from _beginnings(word[:LONGEST_WORD])


# Names, streets and cities come again and again: what is kept of a word is worked out once.


@lru_cache(maxsize=20_000)
def _in_part(word: str) -> dict[str, None]:
    """A word, its beginnings and its parts."""
    word = word[:LONGEST_WORD]
    return dict.fromkeys((*_beginnings(word), *parts(word)))


@lru_cache(maxsize=20_000)
def _by_ear(word: str) -> dict[str, None]:
    """A word of a name and its keys across scripts."""
    return dict.fromkeys((word, *(f"_x{key.lower()}" for key in word_keys(word))))


@lru_cache(maxsize=20_000)
def _beginnings(word: str) -> tuple[str, ...]:
    return (word, *(f"_{n}{word[:n]}" for n in (1, 2, 3) if len(word) >= n))


@lru_cache(maxsize=20_000)
def parts(word: str) -> tuple[str, ...]:
    """The pieces of three letters that a word is found by in part."""
    return tuple([f"_g{word[at : at + 3]}" for at in range(len(word) - 2)])


def vocabulary(pieces: Iterable[Piece]) -> Iterator[str]:
    """Words of open texts that a typing error may be put right to."""
    for piece in pieces:
        if piece.classification == OPEN:
            for text in (*piece.names, *piece.texts):
                yield from (w for w in words(text) if 3 <= len(w) <= 30 and w.isalpha())


def scope_marks(model: type[Model], ids: Sequence[int]) -> dict[int, list[str]]:
    """For each record the marks of its branches, team and owner, or of the record it hangs on."""
    policy = policy_of(model)
    marks: dict[int, list[str]] = defaultdict(list)
    if policy.owner == "id":
        marks.update((pk, [f"_o{pk}"]) for pk in ids)
    if policy.branches:
        link = policy.branches
        held = found_among(link.model, link.record, ids, f"{link.record}_id", f"{link.branch}_id")
        for pk, branch in held:
            marks[pk].append(f"_b{branch}")
    columns = {f"{name}_id": mark for mark, name in _columns(policy) if name}
    rows = found_among(model, "pk", ids, "pk", *columns) if columns else ()
    for pk, *values in rows:
        pairs = zip(columns.values(), values, strict=True)
        marks[pk] += [f"{mark}{value}" for mark, value in pairs if value]
    if policy.within and not (policy.team or policy.branch or policy.branches):
        _add_marks_of_parents(policy, marks, ids)
    return marks


def _columns(policy: Policy) -> list[tuple[str, str | None]]:
    owner = policy.owner if policy.owner != "id" else None
    return [("_o", owner), ("_t", policy.team), ("_b", policy.branch)]


def _add_marks_of_parents(policy: Policy, marks: dict[int, list[str]], ids: Sequence[int]) -> None:
    parent: Any = policy.model._meta.get_field(str(policy.within)).related_model
    hanging = Q(**{f"{policy.within}__isnull": False})
    columns = ("pk", f"{policy.within}_id")
    above = dict(found_among(policy.model, "pk", ids, *columns, where=hanging))
    of_parents = scope_marks(parent, list(set(above.values())))
    for pk, parent_id in above.items():
        marks[pk] = list(dict.fromkeys([*marks[pk], *of_parents[parent_id]]))
