"""A list as a file: what the actor may export of what he sees, in the columns he sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import get_language_bidi, gettext

from kesher.core.access import Actor, require_kind
from kesher.core.exporting import (
    Column,
    Words,
    cells_of,
    columns_of,
    csv_lines,
    file_name,
    write_xlsx,
)  # fmt: skip
from kesher.core.fields import Field, Type, choices_of
from kesher.core.paging import count_up_to, page
from kesher.core.reading import reader
from kesher.surface.lists.asking import Ask
from kesher.surface.lists.rows import fields_of, rows_of

FORMATS = ("csv", "xlsx")
AT_ONCE = 2_000  # rows that are written while somebody waits; more become a job
CHUNK = 500


@dataclass(frozen=True)
class Export:
    """A file to be: its columns and its rows, read some at a time."""

    ask: Ask
    actor: Actor
    today: date
    fields: tuple[Field, ...]

    @property
    def columns(self) -> list[Column]:
        return columns_of(self.fields)

    def count(self, most: int) -> tuple[int, bool]:
        """How many rows it will hold, counted up to a number."""
        return count_up_to(self._rows(), most)

    def values(self) -> Iterator[list[tuple[int, list[Any]]]]:
        """The rows as they are read. Each chunk is asked for by itself: no reading lasts long."""
        read, at, is_first = reader(self.actor, self.fields), "", True
        while at or is_first:
            found = page(self._rows(), self.ask.order, read.paths, at=at, size=CHUNK)
            yield read.rows(found.rows)
            at, is_first = found.forth, False

    def chunks(self) -> Iterator[list[list[Any]]]:
        """The rows as cells of a file."""
        words = self._words()
        for rows in self.values():
            yield [cells_of(self.fields, values, words) for _pk, values in rows]

    def rows(self) -> Iterator[list[Any]]:
        """The rows one by one."""
        for chunk in self.chunks():
            yield from chunk

    def name(self, ending: str) -> str:
        """What the file is called."""
        return file_name(str(self.ask.listing.title), self.today, ending)

    def csv(self, rows: Iterable[list[Any]] | None = None) -> Iterator[bytes]:
        """The file piece by piece."""
        return csv_lines(self.columns, self.rows() if rows is None else rows)

    def xlsx(self, path: Path, rows: Iterable[list[Any]] | None = None) -> int:
        """The file as a sheet; how many rows it holds."""
        title = str(self.ask.listing.title)
        cells = self.rows() if rows is None else rows
        return write_xlsx(path, title, self.columns, cells, right_to_left=get_language_bidi())

    def _rows(self):
        return rows_of(self.ask, self.actor, today=self.today, right="export")

    def _words(self) -> Words:
        labels = {
            one.name: dict(choices_of(one, self.actor))
            for one in self.fields
            if one.type == Type.CHOICE
        }
        return Words(labels, gettext("Yes"), gettext("No"))


def export_of(ask: Ask, actor: Actor, *, today: date) -> Export:
    """A list made ready to be a file; refuses whoever may export nothing of this kind."""
    require_kind(actor, "export", ask.listing.kind.model)
    fields = tuple(one for one in fields_of(ask, actor) if one.name in ask.columns)
    return Export(ask, actor, today, fields)
