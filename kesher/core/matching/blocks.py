"""Which records are compared at all: those that share a key, unless too many share it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from kesher.core.matching.records import Record, keys_of, main_keys, place_key

MOST, MOST_LOOSE = 30, 8  # records that share a key, and that share a loose one


def block_keys(one: Record, words: Callable[[str], Sequence[str]] = keys_of) -> set[str]:
    """All keys of one record; a loose one begins with a tilde."""
    given = {key for word in one.first for key in words(word)}
    family = {key for word in one.last for key in words(word)}
    found = {f"n{min(a, b)}|{max(a, b)}" for a in given for b in family}
    found.update(_contact_keys(one, family))
    for kind, value in (
        ("c", place_key(one.company)), ("b", one.birth), ("s", place_key(one.street)),
        ("t", place_key(one.city)),
    ):  # fmt: skip
        if value:
            found.update(f"{'~' if kind == 't' else ''}{kind}{value}|{key}" for key in given)
            found.update(f"{'~' if kind == 't' else ''}{kind}{value}|{key}" for key in family)
    found.update(f"~g{a}|{b[:-1]}" for a in given for b in family if len(b) > 3)
    found.update(f"~i{word[0]}|{key}" for word in one.first for key in family)
    return found


def kept_keys(one: Record) -> set[str]:
    """The few keys by which a record is kept to be found by all keys of another."""
    return block_keys(one, main_keys)


def _contact_keys(one: Record, family: set[str]) -> Iterator[str]:
    if one.phone:
        yield f"p{one.phone}"
        yield from (f"q{one.phone[:6]}|{key[0]}" for key in family)
        yield from (f"q{one.phone[-5:]}|{key[0]}" for key in family)
    if one.email:
        yield f"e{one.email}"
    if len(one.local) > 4:
        yield f"l{one.local}"
        yield f"~l{one.local[:-1]}"
    if one.birth:
        yield f"d{one.birth}"
        yield f"d{one.swapped}"
    if one.street:
        yield f"~s{one.street}"


def candidates(records: Sequence[Record]) -> Iterator[tuple[int, int]]:
    """Places of records that are worth a comparison, each pair once, in order."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(records):
        for key in block_keys(one):
            blocks[key].append(place)
    partners: dict[int, set[int]] = defaultdict(set)
    for key, places in blocks.items():
        if 1 < len(places) <= (MOST_LOOSE if key[0] == "~" else MOST):
            for at, first in enumerate(places):
                partners[first].update(places[at + 1 :])
    for first in sorted(partners):
        yield from ((first, second) for second in sorted(partners[first]))
