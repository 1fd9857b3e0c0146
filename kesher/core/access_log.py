"""Who was shown what is kept closely: gathered while it is drawn, written when ready."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """Something of one classification that an answer holds."""

    kind: str  # the record that it is about, mostly a customer
    record_id: int | None  # nothing where it is about many
    what: str  # the table it stands in
    classification: str
    surface: str = "page"  # or a list, or a file


Gathered = Counter[Shown]
_gathered: ContextVar[Gathered | None] = ContextVar("gathered", default=None)


@contextmanager
def gathering() -> Iterator[Gathered]:
    """Gather all that is shown until the end of the block."""
    shown: Gathered = Counter()
    token = _gathered.set(shown)
    try:
        yield shown
    finally:
        _gathered.reset(token)


def note_shown(shown: Shown, rows: int = 1) -> None:
    """Remember that an answer holds this; outside a request nobody is shown anything."""
    gathered = _gathered.get()
    if gathered is not None:
        gathered[shown] += rows


def note_many(kind: str, classifications: Iterable[str], rows: int, surface: str) -> None:
    """The same of a whole list or file: one line of the log for each classification in it."""
    for one in classifications if rows else ():
        note_shown(Shown(kind, None, kind, one, surface), rows)
