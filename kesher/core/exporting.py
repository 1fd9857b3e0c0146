"""Files of rows that other programs open: CSV that runs no formula, XLSX with real types.

What `neutral` puts before a formula, `restore` takes away at import, whatever the text was. So a
telephone number +972… comes back as it went, and `=HYPERLINK(…)` never runs in between.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kesher.core.fields import Field, Money, Type
from kesher.core.refusal import Refusal

BOM = "\ufeff"
MOST_ROWS = 1_048_575  # of a sheet, beside its head
LONGEST_CELL = 32_767
MARKS = dict.fromkeys((0x200E, 0x200F, 0x061C))  # of direction: nobody typed them, nobody sees them

# A formula may begin a cell, or stand behind what another program takes for the end of one.
_EDGE = r"(^|[\t\r\n\"`,;|:\0])"
_SKIPPED = "([ \u00a0\u200b\u200e\u200f\u061c\u2007\u202f\ufeff\x01-\x08\x0b\x0c\x0e-\x1f]*)"
_TRIGGER = "[=+\\-@%\u2212\uff0b\uff0d\uff1d\uff20\ufe62\ufe63\ufe66\ufe6b]"
_FORMULA = re.compile(f"{_EDGE}{_SKIPPED}('*)(?={_TRIGGER})")
_NEUTRAL = re.compile(f"{_EDGE}{_SKIPPED}'('*)(?={_TRIGGER})")


class TooManyRows(Refusal):
    """A sheet holds about a million rows."""

    message = _("A sheet holds 1,048,575 rows at most. Choose CSV, or filter the list.")


def neutral(text: str) -> str:
    """The text as it may stand in a CSV: an apostrophe before whatever could run as a formula."""
    return _FORMULA.sub(r"\1\2'\3", text)


def restore(text: str) -> str:
    """The text as it was before `neutral`; text of other programs stays as it is."""
    return _NEUTRAL.sub(r"\1\2\3", text)


# ---- what goes into a file


@dataclass(frozen=True)
class Column:
    """One column of a file: its heading and what it holds."""

    title: str
    type: Type
    key: str = ""


def columns_of(fields: Iterable[Field]) -> list[Column]:
    """The columns of these fields; an amount has its currency in a column of its own."""
    columns: list[Column] = []
    for one in fields:
        title = str(one.label)
        columns.append(Column(title, one.type, one.name))
        if one.type == Type.MONEY:
            column = _("%(field)s, currency") % {"field": title}
            columns.append(Column(str(column), Type.TEXT, f"{one.name}_currency"))
    return columns


def cells_of(fields: Sequence[Field], values: Sequence[Any], words: Words) -> list[Any]:
    """The cells of one row, in the order of `columns_of`."""
    cells: list[Any] = []
    for one, value in zip(fields, values, strict=True):
        if one.type == Type.MONEY:
            cells += [value.amount, value.currency] if isinstance(value, Money) else [None, ""]
        else:
            cells.append(words.of(one, value))
    return cells


class Words:
    """Values as a file says them: choices by their names, records by theirs, lists in one cell."""

    def __init__(self, labels: dict[str, dict[str, str]], yes: str, no: str):
        self.labels = labels
        self.yes, self.no = yes, no

    def of(self, one: Field, value: Any) -> Any:
        if one.reads and isinstance(value, tuple):
            value = value[0]  # the rest is how a list draws it
        if value is None or value == "":
            return None
        if isinstance(value, (list, tuple)):
            names = self.labels.get(one.name, {})
            return ", ".join(names.get(part, "") or str(part) for part in value)
        if one.type == Type.FLAG:
            return self.yes if value else self.no
        if one.type == Type.CHOICE:
            return self.labels.get(one.name, {}).get(str(value), str(value))
        if isinstance(value, datetime):
            return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
        if isinstance(value, (date, int, float, Decimal)):
            return value
        return str(value).translate(MARKS)


# ---- CSV


def csv_lines(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The file piece by piece: UTF-8 with the mark that Excel needs to read Hebrew and Greek."""
    held = io.StringIO()
    writer = csv.writer(held, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow([neutral(column.title) for column in columns])
    yield (BOM + held.getvalue()).encode()
    for row in rows:
        held.seek(0)
        held.truncate()
        writer.writerow([csv_cell(value) for value in row])
        yield held.getvalue().encode("utf-8", "replace")


def csv_cell(value: Any) -> str:
    """One value as CSV holds it. Numbers and days are ours, so only text is made harmless."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, (date, int, float)):
        return str(value)
    return neutral(str(value))


# ---- XLSX

WIDTHS = {Type.DATE: 12, Type.MOMENT: 17, Type.NUMBER: 10, Type.MONEY: 14, Type.FLAG: 8}
FORMATS = {Type.DATE: "dd/mm/yyyy", Type.MOMENT: "dd/mm/yyyy hh:mm", Type.MONEY: "#,##0.00"}
# Text stays text: nothing becomes a formula, a link or a number by how it looks.
PLAIN_TEXT = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
    "strings_to_numbers": False,
}  # fmt: skip


def write_xlsx(
    path: Path, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]],
    *, right_to_left: bool,
) -> int:  # fmt: skip
    """Write a sheet with typed cells, row by row; return how many rows it holds."""
    number = 0
    with xlsxwriter.Workbook(str(path), PLAIN_TEXT) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        if right_to_left:
            sheet.right_to_left()
        head = book.add_format({"bold": True, "bottom": 1})
        formats = {kind: book.add_format({"num_format": f}) for kind, f in FORMATS.items()}
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, WIDTHS.get(column.type, 24))
            sheet.write_string(0, at, _sheet_text(column.title), head)
        for number, row in enumerate(rows, start=1):
            if number > MOST_ROWS:
                raise TooManyRows
            for at, value in enumerate(row):
                _write_cell(sheet, number, at, value, formats)
        sheet.autofilter(0, 0, max(number, 1), max(len(columns) - 1, 0))
    return number


def _write_cell(sheet: Any, row: int, column: int, value: Any, formats: dict[Type, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, (date, datetime)) and 1900 < value.year < 9999:
        kind = Type.MOMENT if isinstance(value, datetime) else Type.DATE
        sheet.write_datetime(row, column, value, formats[kind])
    elif isinstance(value, Decimal):
        sheet.write_number(row, column, value, formats[Type.MONEY])
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, _sheet_text(str(value)))


def _sheet_text(text: str) -> str:
    """What a cell can hold: no control characters, at most 32,767 characters."""
    kept = "".join(c for c in text if c >= " " or c in "\t\n").encode("utf-8", "replace").decode()
    return kept if len(kept) <= LONGEST_CELL else kept[: LONGEST_CELL - 1] + "…"


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31] or "Kesher"


def file_name(title: str, on: date, ending: str) -> str:
    """A name that says what the file holds and of which day."""
    bare = re.sub(r"[^\w\- ]", "", title).strip().replace(" ", "-") or "kesher"
    return f"{bare}-{on.isoformat()}.{ending}"
