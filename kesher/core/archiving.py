"""Everything as files that can be brought back. A part declares its own kinds in `exports.py`.

Each cell is read back by the very reader that an import uses before it is written: what would come
back as something else is written as it is, and counted, so that nobody is told more than is true.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, readable
from kesher.core.exporting import csv_cell
from kesher.core.importing.kinds import Column, Importable, column_of, importable_kind
from kesher.core.importing.recognising import heading_key, known_headings
from kesher.core.importing.refusals import LineRefused, shown
from kesher.core.importing.said import cell_text
from kesher.core.importing.values import Place, quoted
from kesher.core.refusal import Refusal

AT_ONCE = 500
OURS = re.compile(r"(K[0-9A-F]{6})-([1-9]\d{0,17})")
KEY = re.compile(r"[0-9a-f]{48}-\d{1,9}")


# ---- names for records that have none


@lru_cache(maxsize=2)
def _mark(secret: str) -> str:
    return "K" + salted_hmac("kesher.archiving", "", secret=secret).hexdigest()[:6].upper()


def number_of(pk: int) -> str:
    """The number by which a record of this Kesher is known in files when it has none of its own."""
    return f"{_mark(settings.SECRET_KEY)}-{pk}"


def record_meant(number: str) -> int | None:
    """The record that such a number is of, if it is one of this very Kesher."""
    found = OURS.fullmatch(number)
    return int(found[2]) if found and found[1] == _mark(settings.SECRET_KEY) else None


class NotARecord(LineRefused):
    message = _("“%(value)s” is no name of a record as Kesher writes it. Leave this column out.")


def _read_record(text: str, column: str, place: Place) -> str:
    if not (OURS.fullmatch(text) or KEY.fullmatch(text)):
        raise NotARecord(value=shown(text))
    return text


RECORD = Column(name="record", label=_("Kesher record"), reads=_read_record)


# ---- what a part declares


class Archived:
    """How the records of a kind are written, so that an import of that kind brings them back."""

    name: str  # of the kind that brings them back, and of the file
    model: type[Model]
    right = "export"
    hangs_on = ""  # column of the customer they are about
    columns: Sequence[str]
    # Columns and what must be readable for them, where that is not the field of the same name.
    told_by: Mapping[str, tuple[type[Model], str]] = {}
    summed: Sequence[str] = ()

    @property
    def kind(self) -> Importable:
        """The kind that brings them back."""
        kind = importable_kind(self.name)
        assert kind is not None  # noqa: S101 - kinds are code
        return kind

    def may_read(self, by: Actor, column: str) -> bool:
        """Whether the actor may read what a column tells."""
        model, field = self.told_by.get(column, (self.model, column))
        return field in readable(by, model)

    def rows(self, by: Actor) -> QuerySet:
        """The records that the actor may take out."""
        raise NotImplementedError

    def said(self, rows: Sequence[Any]) -> Iterator[dict[str, Any]]:
        """What each record says, column by column, as a reader of files would give it."""
        raise NotImplementedError

    def texts(self, column: str, value: Any) -> list[Any]:
        """How a value may be written, the best for people first."""
        return texts_of(value)

    def left(self, by: Actor) -> Iterator[tuple[Any, int]]:
        """What stays behind: in words, and of how many."""
        yield from ()


_archived: dict[str, type[Archived]] = {}
ORDER = (  # as they come back
    "products", "customers", "ties", "purchases", "touches", "tasks", "do-not-contact",
)  # fmt: skip


def archived(declared: type[Archived]) -> type[Archived]:
    """Register how a kind of record is taken out."""
    _archived[declared.name] = declared
    return declared


def archived_kinds() -> list[Archived]:
    """All kinds that are taken out, in the order in which they come back, for one going through."""
    return sorted((one() for one in _archived.values()), key=lambda one: place_in_order(one.name))


def place_in_order(name: str) -> int:
    """When a kind comes back: after those that its lines name."""
    return ORDER.index(name) if name in ORDER else len(ORDER)


# ---- cells


def texts_of(value: Any) -> list[Any]:
    """How a value may be written: as it is, or marked as text for who would misread it."""
    if isinstance(value, str):
        return [value, f"'{value}"]
    if isinstance(value, list):
        return joined([str(part) for part in value])
    if isinstance(value, Decimal):
        return [_number(value)]
    if isinstance(value, datetime.datetime):
        return [value.isoformat(sep=" ")]
    if isinstance(value, datetime.time):
        return [value.isoformat(timespec="auto" if value.second else "minutes")]
    return [value]


def joined(parts: Sequence[str]) -> list[Any]:
    """Several values of a cell: plain, or in quotation marks where one might be taken for two."""
    return ["; ".join(parts), "; ".join(map(quoted, parts))]


def _number(value: Decimal) -> Decimal:
    """Three figures behind a point read like a thousand where that is a comma: make it four."""
    exponent = value.as_tuple().exponent
    return value.quantize(Decimal("0.0001")) if exponent == -3 else value


def headings_of(kind: Importable, columns: Sequence[Column]) -> list[str]:
    """A heading for each column that an import knows it by; its label where that is such a one."""
    known, taken = known_headings(kind), set[str]()
    headings = []
    for column in columns:
        label = str(column.label)
        alike = [word for word in column.known_as if _script(word) == _script(label)]
        heading = next(
            one
            for one in (label, *alike, column.name)
            if known.get(heading_key(one)) == column.name and heading_key(one) not in taken
        )
        taken.add(heading_key(heading))
        headings.append(heading[:1].upper() + heading[1:])
    return headings


def _script(text: str) -> str:
    first = next((char for char in text if char.isalpha()), "a")
    return unicodedata.name(first, "").partition(" ")[0]


class Cells:
    """Writes what records say into cells, each as it will be read again."""

    def __init__(self, kind: Archived, by: Actor, place: Place):
        self.kind, self.place = kind, place
        self.columns = [
            column_of(kind.kind, name) for name in kind.columns if kind.may_read(by, name)
        ]
        self.headings = headings_of(kind.kind, self.columns)
        self.changed: Counter[str] = Counter()  # cells that would come back otherwise, by column
        self._seen: dict[tuple[str, Any], Any] = {}

    def row(self, said: Mapping[str, Any]) -> list[Any]:
        """The cells of one record."""
        return [self._cell(column, said.get(column.name)) for column in self.columns]

    def _cell(self, column: Column, value: Any) -> Any:
        if value is None or value == "" or value == []:
            return None
        is_word = column.choices is not None and isinstance(value, str)
        if is_word and (column.name, value) in self._seen:
            return self._seen[column.name, value]
        texts = self.kind.texts(column.name, value)
        fitting = (text for text in texts if self._comes_back(column, text, value))
        text = next(fitting, None)
        if text is None:
            self.changed[column.name] += 1
            return texts[0]
        if is_word:
            self._seen[column.name, value] = text
        return text

    def _comes_back(self, column: Column, text: Any, value: Any) -> bool:
        label = str(column.label)
        try:
            return bool(column.reads(cell_text(csv_cell(text), label), label, self.place) == value)
        except Refusal:
            return False
