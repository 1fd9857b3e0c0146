"""Spreadsheets (XLSX, XLSB, XLS, ODS) as rows of text, read by a process of its own.

A file of two kilobytes can ask for hundreds of gigabytes: two cells, in opposite corners. What
reads strangers' sheets may therefore use so much memory and time and no more, and nothing else
dies with it. What it writes is read again as `rows` says.

    python -m kesher.core.importing.workbooks FILE OUT [SHEET]
"""

from __future__ import annotations

import datetime
import json
import re
import resource
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from kesher.core.importing.rows import row_line, unmistakable

MOST_MEMORY = 1400 * 1024 * 1024
MOST_SECONDS = 300  # of work
MOST_UNPACKED = 2 * 1024**3
MOST_DENSE = 200  # times as large unpacked: real sheets stay under a hundred
HARMLESS = 64 * 1024 * 1024  # unpacked, however dense
MOST_CELLS_WIDE = 2000
HEADS = 20  # lines in which merged cells are headings
NO_ARCHIVE = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError)
REFUSED = {2: "locked", 3: "broken", 4: "no_sheet"}
CHUNK = 1 << 20
LONGEST_CELL = 64 * 1024  # in the file, of a formula

# A cell that holds a formula and no result, or an error in place of a result.
UNSOLVED = re.compile(
    rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*'
    rb"(?:<(?:\w+:)?f[^>]*?(?:/>|>([^<]*)</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
    rb"|(?:<(?:\w+:)?f[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?<(?:\w+:)?v>(#[A-Z0-9/!?]+)</(?:\w+:)?v>)"
)


class Unreadable(Exception):
    """A workbook that cannot be read; says why in a word."""


@dataclass(frozen=True)
class Read:
    """Which sheet was read, and which there are."""

    sheet: str
    sheets: list[str]


def read_workbook(path: Path, out: Path, sheet: str = "") -> Read:
    """Write the rows of a sheet, or of the first that holds something, to a file of rows."""
    if zipfile.is_zipfile(path):
        _must_be_modest(path)
    asked = [sys.executable, "-m", __spec__.name, str(path), str(out), sheet]
    # Begun in one step, without a moment in which it holds what this process has open.
    done = subprocess.run(asked, capture_output=True, text=True, close_fds=False)
    if done.returncode:
        raise Unreadable(REFUSED.get(done.returncode, "too_large"))
    return Read(**json.loads(done.stdout))


def _must_be_modest(path: Path) -> None:
    """Refuse an archive that would unpack to far more than it is."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(one.file_size for one in archive.infolist())
    except NO_ARCHIVE:
        raise Unreadable("broken") from None
    packed = path.stat().st_size
    if size > MOST_UNPACKED or (size > HARMLESS and size > MOST_DENSE * packed):
        raise Unreadable("too_large")


# ---- in the process that reads


def main(path: str, out: str, sheet: str = "") -> int:
    """Read a workbook within the limits; the exit code says what was wrong."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, most))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import python_calamine as calamine  # noqa: PLC0415 - only here: it may take the process along

    try:
        with calamine.load_workbook(path) as book:
            visible = calamine.SheetVisibleEnum.Visible
            shown = [one.name for one in book.sheets_metadata if one.visible == visible]
            names = shown or list(book.sheet_names)
            if sheet and sheet not in book.sheet_names:
                return 4
            found, rows = _rows_of(book, [sheet] if sheet else names)
            with Path(out).open("w", encoding="utf-8") as file:
                for number, cells in _with_unsolved(rows, path, book.sheet_names.index(found)):
                    if any(cells):
                        file.write(row_line(number, cells))
    except calamine.PasswordError:
        return 2
    except (calamine.CalamineError, *NO_ARCHIVE):
        return 3
    sys.stdout.write(json.dumps({"sheet": found, "sheets": names}))
    return 0


def _rows_of(book: Any, names: list[str]) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    """The first sheet of these that holds a table, and its rows."""
    for name in names:
        sheet = book.get_sheet_by_name(name)
        if sheet.start is not None and sheet.height > 1:
            return name, _rows(sheet)
    return names[0], iter(())


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """The rows of a sheet with their numbers; what is merged stands in each cell it covers."""
    top, left = sheet.start
    spans = _spans(sheet, top)
    kept: dict[int, tuple[int, str]] = {}  # column -> last row it goes down to, text
    for at, values in enumerate(sheet.iter_rows(), top):
        cells = [""] * left + [text_of(value) for value in values]
        for column, (last, text) in list(kept.items()):
            if at <= last and not _at(cells, column):
                cells += [""] * (column + 1 - len(cells))
                cells[column] = text
        for first, column, last, end in spans.get(at, ()):
            text = _at(cells, column)
            if first < HEADS and text:
                cells += [""] * (end + 1 - len(cells))
                cells[column : end + 1] = [text] * (end + 1 - column)
            # An amount over three lines is one amount; a name over three lines is each one's name.
            if last > first and not isinstance(_at(values, column - left), float):
                for each in range(column, (end if first < HEADS else column) + 1):
                    kept[each] = (last, text)
        yield at + 1, cells


def _spans(sheet: Any, top: int) -> dict[int, list[tuple[int, int, int, int]]]:
    """Merged cells by their first row: row, column, last row, last column."""
    found: dict[int, list[tuple[int, int, int, int]]] = {}
    for (first, column), (last, end) in sheet.merged_cell_ranges or ():
        if first >= top and end - column < MOST_CELLS_WIDE:
            found.setdefault(first, []).append((first, column, last, end))
    return found


def _at(cells: list[Any], column: int) -> Any:
    return cells[column] if 0 <= column < len(cells) else ""


def text_of(value: Any) -> str:
    """A cell as text that means the same in every country."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _figures(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    return "" if value is None else str(value).strip()


def _figures(value: float) -> str:
    """A number in figures."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return unmistakable(f"{value:.15g}")


def _with_unsolved(
    rows: Iterator[tuple[int, list[str]]], path: str, place: int
) -> Iterator[tuple[int, list[str]]]:
    """The rows, with formulas that have no result and errors as they stand: nothing is lost."""
    unsolved = _unsolved(path, place)
    for number, cells in rows:
        for column, text in unsolved.pop(number, ()):
            cells += [""] * (column + 1 - len(cells))
            cells[column] = text
        yield number, cells
    for number in sorted(unsolved):  # rows of nothing else
        width = max(column for column, _text in unsolved[number]) + 1
        cells = [""] * width
        for column, text in unsolved[number]:
            cells[column] = text
        yield number, cells


def _unsolved(path: str, place: int) -> dict[int, list[tuple[int, str]]]:
    """Formulas without a result and errors of an XLSX, by row; other forms keep none apart."""
    found: dict[int, list[tuple[int, str]]] = {}
    if not zipfile.is_zipfile(path):
        return found
    with zipfile.ZipFile(path) as archive:
        parts = _sheet_parts(archive)
        if place >= len(parts):
            return found
        with archive.open(parts[place]) as stream:
            for column, row, formula, error in _scanned(stream):
                text = error.decode() if error else "=" + formula.decode("utf-8", "replace")
                at = _column(column.decode())
                if at < MOST_CELLS_WIDE:
                    found.setdefault(int(row), []).append((at, text))
    return found


def _sheet_parts(archive: zipfile.ZipFile) -> list[str]:
    """The parts that hold the sheets, in the order of the workbook."""
    try:
        book = archive.read("xl/workbook.xml")
        links = archive.read("xl/_rels/workbook.xml.rels")
    except KeyError:
        return []
    targets = {}
    for link in re.findall(rb"<(?:\w+:)?Relationship\s[^>]*>", links):
        name, target = re.search(rb'\bId="([^"]+)"', link), re.search(rb'\bTarget="([^"]+)"', link)
        if name and target:
            targets[name[1]] = target[1].decode()
    ids = re.findall(rb'<(?:\w+:)?sheet\s[^>]*?\w+:id="([^"]+)"', book)
    parts = [targets.get(one, "") for one in ids]
    return [part.lstrip("/") if part.startswith("/") else f"xl/{part}" for part in parts]


def _scanned(stream: IO[bytes]) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    """What UNSOLVED finds in a stream that is too long to be held."""
    held = b""
    while chunk := stream.read(CHUNK):
        held, end = held + chunk, 0
        for match in UNSOLVED.finditer(held):
            yield match[1], match[2], match[3] or b"", match[4] or b""
            end = match.end()
        held = held[max(end, len(held) - LONGEST_CELL) :]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
