"""A file as a table: its form, its headings, and its lines one after the other.

Plain text is read from where it lies, with nothing but the present line in memory. Every other form
is first laid out as a file of rows of our own. Opening a table reads it once to its end, so that a
file which is broken somewhere is refused before anything of it is taken in.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import TextIO, TypeVar

from django.utils.translation import gettext

from kesher.core.importing import cells as cutting
from kesher.core.importing.cards import BEGINS, HEADINGS, cards
from kesher.core.importing.decoding import SAMPLE, encoding_named, guess_encoding
from kesher.core.importing.headings import LOOKED_AT, heading_place, headings_of, is_no_record
from kesher.core.importing.markup import tables
from kesher.core.importing.objects import NoObjects, keys_of, objects
from kesher.core.importing.refusals import (
    FileChanged,
    FileEmpty,
    FileIsNotText,
    FileMissing,
    LineRefused,
    NoSuchSheet,
    NotARecord,
    NotObjects,
    RepeatsHeadings,
    TooManyCells,
    TooManyColumns,
    WorkbookBroken,
    WorkbookLocked,
    WorkbookTooLarge,
    shown,
)
from kesher.core.importing.rows import read_rows, row_line
from kesher.core.importing.workbooks import NO_ARCHIVE, Unreadable, read_workbook
from kesher.core.text import fold

MOST_COLUMNS = 1000
WATCHED = 100  # lines, after which a file is looked at again: somebody may write to it
MOST_HELD = 4_000_000  # characters of lines that are in memory at once
SAID_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
ERRORS = {"utf-16": "wide", "utf-16-le": "wide", "utf-16-be": "wide"}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
MARKUP = re.compile(r"\s*(?:<\?xml|<!doctype html|<html|<table|<meta|<head|<style)", re.IGNORECASE)
WORKBOOK_FAULTS = {
    "locked": WorkbookLocked, "broken": WorkbookBroken, "no_sheet": NoSuchSheet,
    "too_large": WorkbookTooLarge,
}  # fmt: skip

TEXT, WORKBOOK, CARDS, OBJECTS, MARKED_UP = "text", "workbook", "cards", "objects", "markup"
Records = Iterator[tuple[int, list[str]]]
R = TypeVar("R")
Knows = Callable[[str], bool]


@dataclass(slots=True)
class Line:
    """One line below the headings: its number in the file, its cells, and what is wrong with it."""

    number: int
    cells: list[str]
    fault: LineRefused | None = None


@dataclass(frozen=True)
class Table:
    """A file whose shape is known."""

    path: Path  # of the file itself if it is plain text, else of its rows
    form: str = TEXT
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    sheets: Sequence[str] = ()
    headings: Sequence[str] = ()
    heading_line: int = 0  # 0 when the file has no headings and columns go by their number
    size: int = 0
    stamp: int = 0
    count: int = 0

    def records(self) -> Records:
        """Everything that stands in it, with the numbers of the lines."""
        if self.form == TEXT:
            return _cut(self.path, self.encoding, self.separator)
        return read_rows(self.path)

    def lines(self) -> Iterator[Line]:
        """The lines below the headings, in order; refuses a file that was changed meanwhile."""
        repeated = [fold(heading) for heading in self.headings]
        below = ((number, cells) for number, cells in self.records() if number > self.heading_line)
        for at, (number, cells) in enumerate(below):
            if at % WATCHED == 0 or at == self.count:
                self.must_be_unchanged()
            yield self._line(number, cells, repeated)
        self.must_be_unchanged()

    def must_be_unchanged(self) -> None:
        """Refuse a file that is another one than it was, or gone."""
        try:
            is_same = _stamp(self.path) == (self.size, self.stamp)
        except OSError:
            is_same = False
        if not is_same:
            raise FileChanged

    def _line(self, number: int, cells: list[str], repeated: list[str]) -> Line:
        missing = len(self.headings) - len(cells)
        if missing > 0:
            cells = [*cells, *[""] * missing]
        fault: LineRefused | None = None
        if missing < 0 and any(cell.strip() for cell in cells[missing:]):
            fault = TooManyCells(cells=len(cells), columns=len(self.headings))
        elif self._repeats(cells, repeated):
            fault = RepeatsHeadings()
        elif is_no_record(cells, len(repeated)):
            fault = NotARecord()
        return Line(number, cells, fault)

    def _repeats(self, cells: list[str], repeated: list[str]) -> bool:
        """Whether a line says the headings once more; mostly its first cell tells that not."""
        if len(repeated) < 2 or not self.heading_line:
            return False
        is_first = cells[0].strip().casefold() == self.headings[0].casefold()
        return is_first and [fold(cell) for cell in cells] == repeated


def portion(lines: Iterator[R], most: int, cells_of: Callable[[R], Sequence[str]]) -> list[R]:
    """The next lines: so many, or fewer where they are so long that they would fill the memory."""
    found, held = [], 0
    for line in islice(lines, most):
        found.append(line)
        held += sum(map(len, cells_of(line)))
        if held > MOST_HELD:
            break
    return found


def next_lines(lines: Iterator[Line], most: int) -> list[Line]:
    """The next few lines of a table."""
    return portion(lines, most, lambda line: line.cells)


def heads(headings: Sequence[str]) -> str:
    """The headings for a sentence, not too many."""
    some = [shown(heading) for heading in headings[:12]]
    return ", ".join(some) + (" …" if len(headings) > 12 else "")


@dataclass(frozen=True)
class Opening:
    """How a file is to be opened."""

    country: str
    rows: Callable[[], Path]  # where its rows may be laid out, should it be no plain text
    encoding: str = ""
    sheet: str = ""
    has_headings: bool | None = None
    knows: Knows = field(default=lambda heading: False)


def open_table(path: Path, how: Opening) -> Table:
    """Read a file to its end and say what shape it has; refuses what is no table."""
    try:
        if not path.is_file():  # a pipe would keep us waiting, a device has no end
            raise FileMissing(name=shown(path.name))
        with path.open("rb") as file:
            sample = file.read(SAMPLE)
    except (OSError, ValueError):
        raise FileMissing(name=shown(path.name)) from None
    if not sample.strip():
        raise FileEmpty
    try:
        return _opened(path, how, sample)
    except UnicodeError:  # it is not written in the encoding that was said
        raise FileIsNotText from None


def _opened(path: Path, how: Opening, sample: bytes) -> Table:
    if _is_workbook(sample, path):
        return _laid_out(path, how, _read_workbook)
    encoding = _encoding(sample, how)
    text = sample.decode(encoding, "replace").lstrip("\ufeff")
    if text[: len(BEGINS)].upper() == BEGINS:
        return _laid_out(path, how, _read_cards, encoding)
    if MARKUP.match(text):
        return _laid_out(path, how, _read_markup, encoding)
    if _is_object(text):
        return _laid_out(path, how, _read_objects, encoding)
    separator = _separator(text, is_cut=len(sample) == SAMPLE)
    return _surveyed(Table(path, TEXT, encoding, separator), how)


# ---- which form it is


def _is_workbook(sample: bytes, path: Path) -> bool:
    if sample.startswith(OLE):
        return True
    if not sample.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except NO_ARCHIVE:
        raise WorkbookBroken from None
    if any(name.startswith("xl/") for name in names) or "content.xml" in names:
        return True
    raise FileIsNotText


def _encoding(sample: bytes, how: Opening) -> str:
    if how.encoding:
        return encoding_named(how.encoding)
    said = CHARSET.search(sample[:2048]) if sample.lstrip()[:1] == b"<" else None
    if said:
        return encoding_named(said[1].decode())
    return guess_encoding(sample, how.country)


def _is_object(text: str) -> bool:
    """Whether the text begins as JSON does; a CSV cell hardly ever does."""
    return bool(re.match(r'\s*(?:\[\s*)?\{\s*(?:"|\})', text))


def _separator(text: str, *, is_cut: bool) -> str:
    if is_cut:  # in the middle of a line
        text = text[: text.rfind("\n") + 1] or text
    return cutting.guess_separator(text)


# ---- its rows


def _cut(path: Path, encoding: str, separator: str) -> Records:
    with _text(path, encoding) as stream:
        if said := SAID_SEPARATOR.fullmatch(stream.readline(10)):
            for number, cells in cutting.records(stream, said[1]):
                yield number + 1, cells
            return
        stream.seek(0)
        yield from cutting.records(stream, separator)


def _text(path: Path, encoding: str) -> TextIO:
    return path.open(encoding=encoding, errors=ERRORS.get(encoding, "surrogateescape"), newline="")


def _laid_out(path: Path, how: Opening, lay: Callable[..., Table], *more: str) -> Table:
    """The file as a file of rows of our own; a file that changes on the way is refused."""
    before, rows = _stamp(path), how.rows()
    try:
        table = lay(path, rows, how, *more)
        if _stamp(path) != before:
            raise FileChanged
    except BaseException:
        rows.unlink(missing_ok=True)
        raise
    return table


def _read_workbook(path: Path, rows: Path, how: Opening) -> Table:
    try:
        read = read_workbook(path, rows, how.sheet)
    except Unreadable as fault:
        raise WORKBOOK_FAULTS[str(fault)](sheet=shown(how.sheet)) from None
    return _surveyed(Table(rows, WORKBOOK, sheet=read.sheet, sheets=read.sheets), how)


def _read_markup(path: Path, rows: Path, how: Opening, encoding: str) -> Table:
    with _text(path, encoding) as stream:
        _write(rows, tables(stream))
    return _surveyed(Table(rows, MARKED_UP, encoding), how)


def _read_cards(path: Path, rows: Path, how: Opening, encoding: str) -> Table:
    with _text(path, encoding) as stream:
        found = ((number, cells) for number, cells in cards(stream) if any(cells))
        _write(rows, chain([(0, [gettext(heading) for heading in HEADINGS])], found))
    return _surveyed(Table(rows, CARDS, encoding), replace(how, has_headings=True))


def _read_objects(path: Path, rows: Path, how: Opening, encoding: str) -> Table:
    """Two passes: the first finds out which keys there are."""
    try:
        with _text(path, encoding) as stream:
            keys = keys_of(found for _number, found in objects(stream))
        with _text(path, encoding) as stream:
            found = ((line, [one.get(key, "") for key in keys]) for line, one in objects(stream))
            _write(rows, chain([(0, keys)], found))
    except NoObjects as fault:
        raise NotObjects(line=fault.line) from None
    return _surveyed(Table(rows, OBJECTS, encoding), replace(how, has_headings=True))


def _write(rows: Path, records: Iterable[tuple[int, list[str]]]) -> None:
    with rows.open("w", encoding="ascii") as file:
        file.writelines(row_line(number, cells) for number, cells in records)


# ---- its headings and its length


def _surveyed(table: Table, how: Opening) -> Table:
    size, stamp = _stamp(table.path)
    records = table.records()
    first = portion(records, LOOKED_AT, lambda record: record[1])
    if not first:
        raise FileEmpty
    if max(len(cells) for _number, cells in first) > MOST_COLUMNS:
        raise TooManyColumns(most=MOST_COLUMNS)
    place = 0 if how.has_headings else None
    if how.has_headings is None:
        place = heading_place(first, how.knows)
    if place is None:
        headings = [str(at) for at in range(1, max(len(cells) for _n, cells in first) + 1)]
    else:
        headings = headings_of(first, place, how.knows)
    count = len(first) - (0 if place is None else place + 1) + sum(1 for _record in records)
    if not count:
        raise FileEmpty
    return replace(
        table, headings=tuple(headings), heading_line=0 if place is None else first[place][0],
        size=size, stamp=stamp, count=count,
    )  # fmt: skip


def _stamp(path: Path) -> tuple[int, int]:
    there = path.stat()
    return there.st_size, there.st_mtime_ns
