"""The words typed over a list: every record whose entries in the index hold all of them.

Unlike `find`, which brings the best few, this is a condition: it can be sorted, counted and paged.
Each word is asked for by itself, because a name and a number of one record stand in two entries.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from kesher.core.access import OPEN, Actor
from kesher.core.search_entry import parts, scope_tokens
from kesher.core.search_index import records_of
from kesher.core.search_steps import SHORT, THREES, Asked, keys_of
from kesher.core.text import clean

LONGEST = 200
CLASSES = ("contact", "personal", "financial", "health", "confidential", "staff")


def within(actor: Actor, kind: str, text: str, rows: QuerySet) -> QuerySet:
    """The rows that hold every word; where none does, those that sound like it in any script."""
    asked = Asked(clean(text[:LONGEST]))
    if not asked.words:
        return rows.none()
    held = _Held(actor, kind)
    if asked.numbers:
        return rows.filter(held.number(asked.numbers))
    found = rows.filter(held.all(asked.words))
    if not any(_keys(word) for word in asked.words) or found.exists():
        return found
    return rows.filter(held.all(asked.words, by_sound=True))


def _keys(word: str) -> list[str]:
    """How a word sounds; a single consonant says nothing."""
    return [key for key in keys_of(word) if len(key) > SHORT]


class _Held:
    """Conditions that a record's entries hold something, of what the reader may know."""

    def __init__(self, actor: Actor, kind: str):
        classes = {OPEN, *CLASSES} if actor.is_system else {OPEN, *actor.clearances}
        self.known = scope_tokens(kind, sorted(classes), [""])

    def all(self, asked: Sequence[str], *, by_sound: bool = False) -> Q:
        """Each word, as a beginning or within another, or by how it sounds."""
        whole = Q()
        for word in asked:
            begun = [f"_{len(word)}{word}"] if len(word) <= SHORT else [f"{word}*"]
            one = self._entry([[*begun, *(_keys(word) if by_sound else ())]])
            whole &= one | self._part(word) if len(word) >= SHORT else one
        return whole

    def number(self, readings: Sequence[str]) -> Q:
        """Any reading of some digits, wherever they stand in a number."""
        whole = Q()
        for number in readings:
            ways = [f"_p{number}*", f"_r{number[::-1]}*", f"{number}*"]
            if len(number) <= SHORT:
                ways = [f"_h{number}", f"_{len(number)}{number}"]
            one = self._entry([ways])
            whole |= one | self._part(number) if len(number) >= SHORT else one
        return whole

    def _part(self, word: str) -> Q:
        """Within words: threes of letters narrow it down, the text decides."""
        threes = list(parts(word))
        spread = dict.fromkeys((*threes[::SHORT], threes[-1]))
        return self._entry([[three] for three in list(spread)[:THREES]], word)

    def _entry(self, groups: Sequence[Sequence[str]], part: str = "") -> Q:
        sql, values = records_of([*groups, self.known], part)
        return Q(pk__in=RawSQL(sql, values))  # noqa: S611 - ours; what was typed is a value
