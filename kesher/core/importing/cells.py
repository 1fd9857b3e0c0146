"""Lines of text into cells: as the standard says, and as people's programs really write them.

Hebrew abbreviations carry a quotation mark inside the word, and many programs don't double it:
5,"Levi Ltd (בע"מ)",Haifa. A mark closes a cell only where a separator or the end of a line follows.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import TextIO

from kesher.core.importing.refusals import LineTooLong, QuoteNeverClosed

LONGEST_LINE = 4_000_000  # characters, however many lines of the file a record goes over
LONGEST_CELL = 1_000_000
MOST_LINES_MORE = 200  # that an unruly record may go on
BLANKS = ""  # the separator of files whose columns are set apart by any number of spaces
SEPARATORS = (",", ";", "\t", "|")
QUOTE = '"'
SPACES = re.compile(" *")

Cells = list[str]


class Feed:
    """The lines of a file one by one, counted, and those of the present record kept."""

    def __init__(self, stream: TextIO):
        self.stream = stream
        self.number = 0
        self.begin()

    def begin(self) -> None:
        """A record begins with the next line."""
        self.kept: list[str] = []
        self.held = 0

    def __iter__(self) -> Feed:
        return self

    def __next__(self) -> str:
        line = self.stream.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        self.held += len(line)
        if self.held >= LONGEST_LINE:
            raise LineTooLong(line=self.number, most=LONGEST_LINE)
        self.kept.append(line)
        return line


def records(stream: TextIO, separator: str) -> Iterator[tuple[int, Cells]]:
    """Each record with the number of the line it begins in; blank lines are passed over."""
    feed = Feed(stream)
    if separator == BLANKS:
        for line in feed:
            feed.begin()
            if cells := line.split():
                yield feed.number, cells
        return
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(feed, delimiter=separator, strict=True, skipinitialspace=True)
    while True:
        feed.begin()
        begins = feed.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            cells = _unruly(feed, begins, separator, str(error))
        if any(map(str.strip, cells)):
            yield begins, cells


def _unruly(feed: Feed, begins: int, separator: str, error: str) -> Cells:
    """A record that breaks the rules, read as its writer meant it."""
    if "unexpected end" in error or "field limit" in error:
        raise QuoteNeverClosed(line=begins)
    for _line in range(MOST_LINES_MORE):
        cells = _generous("".join(feed.kept), separator)
        if cells is not None:
            return cells
        if next(feed, None) is None:
            break
    raise QuoteNeverClosed(line=begins)


def _generous(text: str, separator: str) -> Cells | None:
    """The cells of one record; None while a quotation mark is open."""
    text = text.rstrip("\r\n")
    marks = re.compile(f'""|"(?P<closing>) *(?={re.escape(separator)}|[\\r\\n]|$)|"')
    cells: Cells = []
    at = 0
    while True:
        at = SPACES.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing too
        end = text.find(separator, at)
        end = len(text) if end < 0 else end
        closing = _closing(marks, text, at) if text.startswith(QUOTE, at) else None
        if closing is not None:
            cells.append(text[at + 1 : closing.start()].replace(QUOTE * 2, QUOTE))
            end = closing.end()
        elif text.startswith(QUOTE, at) and QUOTE not in text[at + 1 : end]:
            return None
        else:  # marks in the middle belong to the text: "Rini" Cohen
            cells.append(text[at:end])
        if end >= len(text):
            return cells
        at = end + 1


def _closing(marks: re.Pattern[str], text: str, at: int) -> re.Match[str] | None:
    """The mark that closes a cell: what follows is a separator or the end of a line."""
    found = marks.finditer(text, at + 1)
    return next((mark for mark in found if mark["closing"] is not None), None)


def guess_separator(sample: str) -> str:
    """Which mark sets the columns apart, told by how evenly it cuts the first lines."""
    lines = [line for line in sample.splitlines()[:60] if line.strip()]
    best, score = ",", 0
    for separator in SEPARATORS:
        widths = _widths(lines, separator)
        even = widths.count(widths[0]) if widths else 0
        if widths and widths[0] > 1 and even * widths[0] > score:
            best, score = separator, even * widths[0]
    if not score and _is_set_apart_by_blanks(lines):
        return BLANKS
    return best


def _widths(lines: list[str], separator: str) -> list[int]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        return [len(row) for row in csv.reader(lines, delimiter=separator, skipinitialspace=True)]
    except csv.Error:
        return []


def _is_set_apart_by_blanks(lines: list[str]) -> bool:
    widths = {len(line.split()) for line in lines}
    return len(lines) > 1 and len(widths) == 1 and widths.pop() > 2
