"""Going through a file in small steps: each is one short transaction, so that people can work on.

What a step wrote and how far the file has come are committed together; a run that was cut off goes
on where it was. Lines gone through before are judged again without writing, to remember them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction

from kesher.core.access import Actor
from kesher.core.bulk import refresh_statistics
from kesher.core.exporting import restore
from kesher.core.importing.kinds import (
    Column,
    Importable,
    Outcome,
    Plan,
    Read,
    Verdict,
    column_of,
    refused,
)
from kesher.core.importing.memory import Memory
from kesher.core.importing.queries import first_cells
from kesher.core.importing.reading import Line, Table, next_lines
from kesher.core.importing.refusals import (
    Damaged,
    HoldsFormula,
    NotKept,
    Shortened,
    UnknownWord,
    shown,
)
from kesher.core.importing.values import Place, says_month_first
from kesher.core.refusal import Refusal
from kesher.core.search_index import filling
from kesher.core.text import clean, fold

STEP_SECONDS = 0.1  # of work in the transaction of a step; nobody may wait for 0.2
STEP_LIMIT = 0.14  # by the clock, for the machine may be busy with other things
FIRST_STEP, SMALLEST_STEP, LARGEST_STEP = 50, 25, 5000
LOOKED_AT_ONCE = 500
MANY = 1000  # lines, of which the search is told before they come
FIRST_COUNT = (
    500  # lines, after which the database counts its rows anew; again at four times as many
)
CELLS_KEPT = 20_000  # of a column, whose meaning is remembered
HABITS_IN = 5000  # lines, by which a column shows how it writes days
# SQLite lets whoever waits for its one lock look again only now and then: leave him a gap.
BREATH, SHORTEST_BREATH = 0.2, 0.02
FORMULA = re.compile(r"=|[+\-@][A-Za-z_][\w.]*[(|!]")
AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')
NOTHING = frozenset({"-", "—", "NULL", "#N/A", "N/A", "n/a", "\\N"})
SHORTENED = re.compile(r"\d[.,]\d+[Ee]\+\d{2}")  # a long number as a spreadsheet shows it
NO_DAY = re.compile(r"0{1,4}([-./])0{1,2}(?:\1)0{1,4}( [0:]+)?")  # as programs write none
HARMLESS = re.compile(r"[^\W_0]([\w ,:@./-]*[^\W_])?")
BROKEN = re.compile("[\x00\ud800-\udfff\ufffd]")

Step = Callable[[Sequence[Verdict]], None]


def go_through(
    kind: Importable,
    table: Table,
    plan: Plan,
    by: Actor,
    *,
    step: Step,
    writes: bool,
    done: int = 0,
    only: Container[int] | None = None,
) -> None:
    """Judge every line and, if asked to, write it; `step` hears of each few lines in turn.

    With `only` all lines but those of these numbers are passed over.
    """
    with filling() if writes and table.count >= MANY else nullcontext():
        _go_through(_Passage(kind, plan, by, Memory(), table, step), writes, done, only)


def _go_through(passage: _Passage, writes: bool, done: int, only: Container[int] | None) -> None:
    lines = passage.table.lines()
    if only is not None:
        lines = (line for line in lines if line.number in only)
    try:
        while done and (chunk := next_lines(lines, min(done, LOOKED_AT_ONCE))):
            done -= len(chunk)
            passage.remember(chunk)
        size = FIRST_STEP if writes else LOOKED_AT_ONCE
        taken, counts_at = 0, FIRST_COUNT
        while chunk := next_lines(lines, size):
            if not writes:
                passage.look_at(chunk)
                continue
            passage.take(chunk)
            size = _next_size(len(chunk), passage.worked, passage.took)
            taken += len(chunk)
            if taken >= counts_at:
                refresh_statistics()
                counts_at *= 4
            if connection.vendor == "sqlite" and BREATH:
                time.sleep(max(passage.took * BREATH, SHORTEST_BREATH))
    finally:
        passage.memory.close()


def _next_size(size: int, worked: float, took: float) -> int:
    """As many lines as fit into a step, going by the last one; the machine may be busy."""
    fitting = size * min(STEP_SECONDS / max(worked, 0.001), STEP_LIMIT / max(took, 0.001))
    return max(SMALLEST_STEP, min(int(fitting), size * 2, LARGEST_STEP))


class _Passage:
    """A few lines on their way: read, judged, written and told of."""

    def __init__(
        self, kind: Importable, plan: Plan, by: Actor, memory: Memory, table: Table, step: Step
    ):
        self.kind, self.plan, self.by = kind, plan, by
        self.memory, self.place, self.step = memory, kind.place(by), step
        self.table = table
        self.cells = _Cells(kind, plan, self.place, table)
        self.worked = self.took = 0.0  # in the last transaction

    def remember(self, lines: Sequence[Line]) -> None:
        """Judge lines that an earlier run has taken in, to know what they said."""
        self._judged(self._readable(lines)[0])

    def look_at(self, lines: Sequence[Line]) -> None:
        """Only say what would become of the lines."""
        read, refused = self._readable(lines)
        self.step(_in_order(refused, self._judged(read)))

    def take(self, lines: Sequence[Line]) -> None:
        """Write the lines; where one of them spoils the rest, it alone is refused."""
        self._take(*self._readable(lines))

    def _readable(self, lines: Sequence[Line]) -> tuple[list[Read], list[Verdict]]:
        """The lines whose cells can be read, with what they say; and those refused for that."""
        read: list[Read] = []
        faulty: list[Verdict] = []
        for line in lines:
            try:
                read.append((line, self.cells.values_of(line)))
            except Refusal as refusal:
                faulty.append(refused(line, refusal))
        return read, faulty

    def _judged(self, read: Sequence[Read]) -> list[Verdict]:
        return self.kind.judge(self.by, read, self.plan, self.memory, self.place)

    def _take(self, read: Sequence[Read], refused: Sequence[Verdict]) -> None:
        """Judged before the transaction, which stays short; if that was overtaken, judged anew."""
        self.memory.begin()
        try:
            verdicts = self._judged(read)
            worked, started = time.thread_time(), time.monotonic()
            with transaction.atomic():
                self.kind.write(self.by, verdicts, self.plan, self.memory)
                self.step(_in_order(refused, verdicts))
            self.worked, self.took = time.thread_time() - worked, time.monotonic() - started
        except (Refusal, IntegrityError, DataError) as error:
            self.memory.forget()
            self._take_apart(read, refused, error)
        except BaseException:
            self.memory.forget()
            raise
        else:
            self.memory.keep()

    def _take_apart(
        self, read: Sequence[Read], refused: Sequence[Verdict], error: Exception
    ) -> None:
        """Halve the lines until the one is found that cannot be written."""
        if len(read) > 1:
            half = len(read) // 2
            cut = read[half][0].number
            self._take(read[:half], [v for v in refused if v.line.number < cut])
            self._take(read[half:], [v for v in refused if v.line.number >= cut])
        elif read:
            reason = str(error) if isinstance(error, Refusal) else str(NotKept())
            verdict = Verdict(read[0][0], Outcome.REFUSED, reason=reason)
            with transaction.atomic():
                self.step(_in_order(refused, [verdict]))
        else:
            raise error


def _in_order(some: Sequence[Verdict], others: Sequence[Verdict]) -> list[Verdict]:
    return sorted([*some, *others], key=lambda verdict: verdict.line.number)


class _Cells:
    """Reads the cells of lines; what is the same for every line is looked up once."""

    def __init__(self, kind: Importable, plan: Plan, place: Place, table: Table):
        words = plan.options.get("words", {})
        days = [at for name, at in plan.columns.items() if column_of(kind, name).is_day]
        first = first_cells(table, HABITS_IN) if days else []
        self.columns = []
        for name, places in plan.columns.items():
            column = column_of(kind, name)
            if column.is_day:
                here = [cell for at in places for cell in first[at]]
                its = replace(place, said_month_first=says_month_first(here))
            else:
                its = place
            self.columns.append(_Read(column, str(column.label), places, its, words.get(name, {})))

    def values_of(self, line: Line) -> dict[str, Any]:
        """What the cells of a line say, field by field; empty cells say nothing."""
        if line.fault is not None:
            raise line.fault
        values: dict[str, Any] = {}
        for one in self.columns:
            name, is_many = one.column.name, one.column.is_many
            for at in one.places:
                said = one.says(line.cells[at])
                if said is not None:
                    values[name] = [*values.get(name, ()), *said] if is_many else said
        return values


@dataclass(frozen=True)
class _Read:
    """How the cells of a column are read: where and when, and what its words mean here."""

    column: Column
    label: str
    places: Sequence[int]
    place: Place
    words: Mapping[str, str]  # a word of the file, folded -> ours
    read: dict[str, Any] = field(default_factory=dict)  # cells before, for they come again

    def says(self, cell: str) -> Any:
        """What a cell says; nothing if it is empty."""
        try:
            return self.read[cell]
        except KeyError:
            text = cell_text(cell, self.label)
            said = self.said(text) if text else None
            if len(self.read) >= CELLS_KEPT:
                self.read.clear()
            self.read[cell] = said
            return said

    def said(self, text: str) -> Any:
        """What a cell says; nothing for a word that means nothing."""
        if self.words and not self.column.is_many and not (text := self._ours(text)):
            return None
        try:
            said = self.column.reads(text, self.label, self.place)
        except UnknownWord as refusal:
            refusal.field = refusal.field or self.column.name
            raise
        if self.words and self.column.is_many:
            said = [ours for one in said if (ours := self._ours(one))]
        return said

    def _ours(self, word: Any) -> Any:
        return self.words.get(fold(word), word) if isinstance(word, str) else word


def cell_text(cell: str, column: str) -> str:
    """The text of a cell as it was meant; refuses formulas and damage."""
    if HARMLESS.fullmatch(cell) and cell not in NOTHING:  # as mostly
        return cell
    if BROKEN.search(cell):
        raise Damaged(column=column)
    bare = cell.strip()
    unmarked = bare.lstrip("'")
    if unmarked != bare and (_says_nothing(unmarked) or SHORTENED.fullmatch(unmarked)):
        return bare[1:]  # marked as text: it is somebody's name
    if as_text := AS_TEXT.fullmatch(bare):  # how programs keep a spreadsheet from counting with it
        bare = as_text[1].replace('""', '"')
    if SHORTENED.fullmatch(bare):
        raise Shortened(column=column, value=bare)
    if FORMULA.match(bare):
        raise HoldsFormula(column=column, value=shown(bare))
    return "" if _says_nothing(bare) else clean(restore(bare))


def _says_nothing(bare: str) -> bool:
    return bare in NOTHING or NO_DAY.fullmatch(bare) is not None
