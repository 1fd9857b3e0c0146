"""Which kinds of record files may bring. A part declares its own in `imports.py`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kesher.core.access import Actor
from kesher.core.importing.memory import Memory
from kesher.core.importing.reading import Line
from kesher.core.importing.refusals import UnknownWord
from kesher.core.importing.values import Place, Reader
from kesher.core.refusal import Refusal
from kesher.core.undo import Undone, undo_in_steps


class Outcome(StrEnum):
    """What becomes of a line."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    DOUBTFUL = "doubtful"  # it may be about several; somebody has to say


@dataclass(frozen=True, kw_only=True)
class Column:
    """A field that a file may bring, and the headings under which people have it."""

    name: str
    label: Any
    reads: Reader
    known_as: tuple[str, ...] = ()
    is_many: bool = False  # several columns of a file may bring it
    is_day: bool = False  # what 01/02 means is told by the other cells of the column
    looks_like: re.Pattern[str] | None = None  # told by, where no heading tells
    choices: Callable[[Actor], Sequence[tuple[str, str]]] | None = None  # what it can be


@dataclass(frozen=True)
class Plan:
    """How a file is to be taken in: which columns bring what, and what counts as the same one."""

    columns: Mapping[str, Sequence[int]]
    match: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    batch: str = ""


@dataclass(slots=True)
class Verdict:
    """What becomes of one line, why, and what is needed to write it."""

    line: Line
    outcome: Outcome
    title: str = ""  # whom or what it is about
    reason: Refusal | None = None  # of a refusal or a doubt
    candidates: Sequence[tuple[int, str]] = ()  # whom a doubtful one may be about
    unknown: tuple[str, str] | None = None  # field and word that it is refused for
    changes: Sequence[tuple[str, str, str]] = ()  # field, old, new
    wanted: Any = None  # for the kind that writes it


def refused(line: Line, refusal: Refusal) -> Verdict:
    """The verdict on a line that cannot be taken in."""
    unknown = (refusal.field, refusal.word) if isinstance(refusal, UnknownWord) else None
    return Verdict(line, Outcome.REFUSED, reason=refusal, unknown=unknown)


Read = tuple[Line, dict[str, Any]]


class Importable:
    """A kind of record that files bring."""

    name: str
    label: Any  # in the plural, lower case, as in "a file of …"
    columns: Sequence[Column]
    needs: Sequence[tuple[str, ...]] = ()  # of each group at least one must be there
    own_number: str = ""  # the column that tells records apart, where a file has it
    match_by: tuple[str, ...] = ()  # what else may tell them, the weakest last
    told_by: tuple[str, ...] = ()  # of which one must be there to guess the kind by itself

    def place(self, by: Actor) -> Place:
        """Where and when the file is read."""
        raise NotImplementedError

    def require(self, by: Actor) -> None:
        """Raise unless the actor may take in records of this kind."""
        raise NotImplementedError

    def settled(self, found: dict[str, list[int]], headings: Sequence[str]) -> dict[str, list[int]]:
        """The columns as recognised one by one, once all of them are known."""
        return found

    def judge(
        self, by: Actor, lines: Sequence[Read], plan: Plan, memory: Memory, place: Place
    ) -> list[Verdict]:
        """Say of each line what becomes of it; changes nothing but the memory of the file."""
        raise NotImplementedError

    def write(self, by: Actor, verdicts: Sequence[Verdict], plan: Plan, memory: Memory) -> None:
        """Write what the verdicts say, in the caller's transaction."""
        raise NotImplementedError

    def undo(self, by: Actor, batch: str, into: str) -> Iterator[Undone]:
        """Take back what a batch wrote, step by step, and say what was not."""
        yield from undo_in_steps(by=by, batch=batch, into=into)


_kinds: dict[str, Importable] = {}


def importable(declared: type[Importable]) -> type[Importable]:
    """Register a kind that files may bring."""
    _kinds[declared.name] = declared()
    return declared


def importable_kinds() -> list[Importable]:
    """All kinds that files may bring."""
    return list(_kinds.values())


def importable_kind(name: str) -> Importable | None:
    """The kind of that name, if files may bring it."""
    return _kinds.get(name)


def column_of(kind: Importable, name: str) -> Column:
    """The column of that name."""
    return next(one for one in kind.columns if one.name == name)


def labels_of(kind: Importable, names: Iterable[str]) -> str:
    """The fields of these names, for a sentence."""
    return ", ".join(str(column_of(kind, name).label) for name in names)
