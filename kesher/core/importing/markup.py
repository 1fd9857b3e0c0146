"""Tables in HTML and in the XML of old Excel, often called “.xls”, as rows of text."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import TextIO

from kesher.core.importing.rows import unmistakable

CHUNK = 1 << 16
WIDEST = 1000
LONGEST_TEXT = 1_000_000  # of a cell; a page that opens one and never closes it has no more
SILENT = frozenset({"script", "style", "head", "title"})
ROWS, CELLS = ("tr", "row"), ("td", "th", "cell")
BREAKS = frozenset({"br", "p", "div"})

Attributes = list[tuple[str, str | None]]


def tables(stream: TextIO) -> Iterator[tuple[int, list[str]]]:
    """The rows of all tables, numbered: a page may be one line."""
    parser = _Tables()
    while chunk := stream.read(CHUNK):
        parser.feed(chunk)
        yield from parser.taken()
    parser.close()
    yield from parser.taken()


class _Tables(HTMLParser):
    """Rows one after the other; a table inside a cell only adds to its text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.done: list[tuple[int, list[str]]] = []
        self.row: list[str] | None = None
        self.number = 0
        self.text: list[str] | None = None
        self.length = 0
        self.type = ""
        self.width = self.height = 1
        self.down: dict[int, tuple[int, str]] = {}  # column -> for how many rows more, text
        self.nested = self.silent = 0

    def taken(self) -> list[tuple[int, list[str]]]:
        """The rows that are complete."""
        done, self.done = self.done, []
        return done

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        name = tag.rpartition(":")[2]
        if name in SILENT:
            self.silent += 1
        elif name == "table" and self.text is not None:
            self.nested += 1
        elif self.nested:
            return
        elif name in ROWS:
            self._end_row()
            self.row, self.number = [], self.number + 1
        elif name in CELLS and self.row is not None:
            self._end_cell()
            self._begin_cell(_by_name(attrs))
        elif name == "data":
            self.type = _by_name(attrs).get("type", "")
        elif name in BREAKS and self.text:
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in SILENT:
            self.silent = max(0, self.silent - 1)
        elif name == "table" and self.nested:
            self.nested -= 1
        elif self.nested:
            return
        elif name in CELLS:
            self._end_cell()
        elif name in ROWS or name == "table":
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self.text is not None and not self.silent and self.length < LONGEST_TEXT:
            self.text.append(data)
            self.length += len(data)

    def close(self) -> None:
        super().close()
        self._end_row()

    def _begin_cell(self, said: dict[str, str]) -> None:
        assert self.row is not None  # noqa: S101 - for the type
        index = _number(said.get("index")) - 1  # of old Excel: cells that are empty are left out
        if len(self.row) < index <= WIDEST:
            self.row += [""] * (index - len(self.row))
        self._fill_from_above()
        across = _number(said.get("colspan")) or _number(said.get("mergeacross")) + 1
        self.height = _number(said.get("rowspan")) or _number(said.get("mergedown")) + 1
        self.text, self.length, self.type, self.width = [], 0, "", max(1, min(across, WIDEST))

    def _fill_from_above(self) -> None:
        """What a cell above covers here, if it goes down so far."""
        assert self.row is not None  # noqa: S101 - for the type
        while len(self.row) in self.down:
            more, text = self.down.pop(at := len(self.row))
            self.row.append(text)
            if more > 1:
                self.down[at] = (more - 1, text)

    def _end_cell(self) -> None:
        if self.text is None or self.row is None:
            return
        lines = (" ".join(line.split()) for line in "".join(self.text).split("\n"))
        text = "\n".join(filter(None, lines))
        text = unmistakable(text) if self.type == "Number" else text
        if self.height > 1:
            self.down[len(self.row)] = (self.height - 1, text)
        self.row += [text, *[""] * (self.width - 1)]
        self.text = None

    def _end_row(self) -> None:
        self._end_cell()
        if self.row is not None:
            self._fill_from_above()
        if self.row and any(self.row):
            self.done.append((self.number, self.row))
        self.row = None
        self.nested = 0


def _by_name(attrs: Attributes) -> dict[str, str]:
    return {name.rpartition(":")[2]: value or "" for name, value in attrs}


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 6 else 0
