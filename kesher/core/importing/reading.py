"""A file as a table: its encoding, its separator, its headings, and its lines one after the other.

Nothing but the present line is held in memory. Opening a table reads the file once to its end, so
that a file which is broken somewhere is refused before anything of it is taken in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kesher.core.importing import cells as cutting
from kesher.core.importing.decoding import SAMPLE, encoding_named, guess_encoding
from kesher.core.importing.refusals import (
    FileChanged,
    FileEmpty,
    FileMissing,
    LineRefused,
    RepeatsHeadings,
    TooManyCells,
    TooManyColumns,
    shown,
)
from kesher.core.text import fold

MOST_COLUMNS = 1000
SAID_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
ERRORS = {"utf-16": "surrogatepass", "utf-16-le": "surrogatepass", "utf-16-be": "surrogatepass"}


@dataclass(frozen=True)
class Line:
    """One line below the headings: its number in the file, its cells, and what is wrong with it."""

    number: int
    cells: list[str]
    fault: LineRefused | None = None


@dataclass(frozen=True)
class Table:
    """A file whose shape is known."""

    path: Path
    encoding: str
    separator: str
    headings: tuple[str, ...]
    heading_line: int  # 0 when the file has no headings and columns go by their number
    size: int
    stamp: int
    count: int = 0

    def lines(self) -> Iterator[Line]:
        """The lines below the headings, in order; refuses a file that was changed meanwhile."""
        repeated = [fold(heading) for heading in self.headings]
        for number, cells in _records(self.path, self.encoding, self.separator):
            if number > self.heading_line:
                yield self._line(number, cells, repeated)
        if _stamp(self.path) != (self.size, self.stamp):
            raise FileChanged

    def _line(self, number: int, cells: list[str], repeated: list[str]) -> Line:
        missing = len(self.headings) - len(cells)
        if missing > 0:
            cells = [*cells, *[""] * missing]
        fault: LineRefused | None = None
        if missing < 0 and any(cell.strip() for cell in cells[missing:]):
            fault = TooManyCells(cells=len(cells), columns=len(self.headings))
        elif self.heading_line and len(repeated) > 1 and [fold(cell) for cell in cells] == repeated:
            fault = RepeatsHeadings()
        return Line(number, cells, fault)


def heads(headings: Sequence[str]) -> str:
    """The headings for a sentence, not too many."""
    some = [shown(heading) for heading in headings[:12]]
    return ", ".join(some) + (" …" if len(headings) > 12 else "")


def open_table(
    path: Path, *, country: str, encoding: str = "", has_headings: bool | None = None
) -> Table:
    """Read a file to its end and say what shape it has; refuses what is no table."""
    try:
        with path.open("rb") as file:
            sample = file.read(SAMPLE)
    except (OSError, ValueError):
        raise FileMissing(name=shown(path.name)) from None
    if not sample.strip():
        raise FileEmpty
    encoding = encoding_named(encoding) if encoding else guess_encoding(sample, country)
    separator = _separator(sample, encoding)
    return _survey(path, encoding, separator, has_headings)


def _survey(path: Path, encoding: str, separator: str, has_headings: bool | None) -> Table:
    size, stamp = _stamp(path)
    found = _records(path, encoding, separator)
    number, first = next(found, (0, []))
    if len(first) > MOST_COLUMNS:
        raise TooManyColumns(most=MOST_COLUMNS)
    if has_headings is None:
        has_headings = not _is_all_figures(first)
    headings = tuple(cell.strip() for cell in first) if has_headings else _numbers(first)
    count = sum(1 for _record in found) + (not has_headings and bool(first))
    if not count:
        raise FileEmpty
    table = Table(path, encoding, separator, headings, number if has_headings else 0, size, stamp)
    return replace(table, count=count)


def _records(path: Path, encoding: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    errors = ERRORS.get(encoding, "surrogateescape")
    with path.open(encoding=encoding, errors=errors, newline="") as stream:
        if said := SAID_SEPARATOR.fullmatch(stream.readline(10)):
            for number, cells in cutting.records(stream, said[1]):
                yield number + 1, cells
            return
        stream.seek(0)
        yield from cutting.records(stream, separator)


def _separator(sample: bytes, encoding: str) -> str:
    text = sample.decode(encoding, "replace").lstrip("\ufeff")
    if len(sample) == SAMPLE:  # the last line is cut
        text = text[: text.rfind("\n") + 1] or text
    return cutting.guess_separator(text)


def _stamp(path: Path) -> tuple[int, int]:
    there = path.stat()
    return there.st_size, there.st_mtime_ns


def _is_all_figures(cells: list[str]) -> bool:
    """Whether a line holds only numbers and dates, as no headings do."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and all(
        re.fullmatch(r"[\d\s.,:/+-]*\d[\d\s.,:/+-]*", cell) for cell in filled
    )


def _numbers(cells: list[str]) -> tuple[str, ...]:
    return tuple(str(at) for at in range(1, len(cells) + 1))
