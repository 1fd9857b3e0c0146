"""What the cells of a line say: each read as its column asks, or the line refused for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kesher.core.exporting import restore
from kesher.core.importing.kinds import Column, Importable, Plan, column_of
from kesher.core.importing.queries import first_cells
from kesher.core.importing.reading import Line, Table
from kesher.core.importing.refusals import (
    Damaged,
    HoldsFormula,
    Shortened,
    UnknownWord,
    shown,
)
from kesher.core.importing.values import Place, says_month_first
from kesher.core.text import clean, fold

CELLS_KEPT = 20_000  # of a column, whose meaning is remembered
HABITS_IN = 5000  # lines, by which a column shows how it writes days
FORMULA = re.compile(r"=|[+\-@][A-Za-z_][\w.]*[(|!]")
AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')
NOTHING = frozenset({"-", "—", "NULL", "#N/A", "N/A", "n/a", "\\N"})
SHORTENED = re.compile(r"\d[.,]\d+[Ee]\+\d{2}")  # a long number as a spreadsheet shows it
NO_DAY = re.compile(r"0{1,4}([-./])0{1,2}(?:\1)0{1,4}( [0:]+)?")  # as programs write none
HARMLESS = re.compile(r"[^\W_0]([\w ,:@./-]*[^\W_])?")
BROKEN = re.compile("[\x00\ud800-\udfff\ufffd]")


class Cells:
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
            self.columns.append(_InColumn(column, column.label, places, its, words.get(name, {})))

    def said_in(self, line: Line) -> dict[str, Any]:
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
class _InColumn:
    """How the cells of a column are read: where and when, and what its words mean here."""

    column: Column
    label: Any  # in the language of whoever reads of it
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


def cell_text(cell: str, column: Any) -> str:
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
