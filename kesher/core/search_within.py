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
from kesher.core.search_index import newest, records_of
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
    by_sound = any(_keys(word) for word in asked.words) and not held.anything(asked.words)
    return rows.filter(held.all(asked.words, by_sound=by_sound))


def _keys(word: str) -> list[str]:
    """How a word sounds; a single consonant says nothing."""
    return [key for key in keys_of(word) if len(key) > SHORT]


def _begun(word: str) -> str:
    return f"_{len(word)}{word}" if len(word) <= SHORT else f"{word}*"


class _Held:
    """Conditions that a record's entries hold something, of what the reader may know."""

    def __init__(self, actor: Actor, kind: str):
        classes = {OPEN, *CLASSES} if actor.is_system else {OPEN, *actor.clearances}
        self.known = scope_tokens(kind, sorted(classes), [""])

    def anything(self, asked: Sequence[str]) -> bool:
        """Whether any entry at all holds the words as they are typed."""
        begun = [[_begun(word)] for word in asked]
        return bool(
            newest([*begun, self.known], 1) or newest([*self._threes(asked), self.known], 1)
        )

    def all(self, asked: Sequence[str], *, by_sound: bool = False) -> Q:
        """Each word, as a beginning or within another, or by how it sounds."""
        whole = Q()
        for word in asked:
            ways = [([[_begun(word), *(_keys(word) if by_sound else ())]], "")]
            if len(word) >= SHORT:
                ways.append((self._threes([word]), word))
            whole &= self._any(ways)
        return whole

    def number(self, readings: Sequence[str]) -> Q:
        """Any reading of some digits, wherever they stand in a number."""
        ways: list[tuple[list[list[str]], str]] = []
        for number in readings:
            begun = [f"_p{number}*", f"_r{number[::-1]}*", f"{number}*"]
            if len(number) <= SHORT:
                begun = [f"_h{number}", f"_{len(number)}{number}"]
            ways.append(([begun], ""))
            if len(number) >= SHORT:
                ways.append((self._threes([number]), number))
        return self._any(ways)

    def _threes(self, asked: Sequence[str]) -> list[list[str]]:
        """Some of the threes of letters of words, to narrow down what holds them."""
        found: dict[str, None] = {}
        for word in asked:
            threes = list(parts(word)) or [_begun(word)]
            found |= dict.fromkeys((*threes[::SHORT], threes[-1]))
        return [[three] for three in list(found)[:THREES]]

    def _any(self, ways: Sequence[tuple[Sequence[Sequence[str]], str]]) -> Q:
        """The records whose entries match in any of the ways, asked at once."""
        statements = [records_of([*groups, self.known], part) for groups, part in ways]
        sql = " UNION ".join(one for one, _values in statements)
        values = [value for _one, some in statements for value in some]
        return Q(pk__in=RawSQL(sql, values))  # noqa: S611 - ours; what was typed is a value
