"""Where a page of a list begins, as an address carries it: the values of the row at its edge."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import (
    CharField,
    DateTimeField,
    DecimalField,
    Field,
    ForeignKey,
    Model,
    Q,
    TextField,
)

from kesher.core.fields import column_of
from kesher.core.text import clean

LONGEST = 2000  # characters of a cursor
FURTHEST = 10**9
MOMENT = re.compile(r"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?$")


@dataclass(frozen=True)
class Order:
    """Columns that rows are sorted by, all in one direction; ties fall by the number of the row."""

    columns: tuple[str, ...] = ()
    descending: bool = False

    @property
    def reverse(self) -> Order:
        return Order(self.columns, not self.descending)


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: behind (or before) a row, and how many rows stand before it."""

    forward: bool
    start: int
    is_empty: bool  # the row at the edge has nothing in the first column
    values: tuple[Any, ...]
    pk: int

    def __str__(self) -> str:
        held = [int(self.forward), self.start, int(self.is_empty), list(self.values), self.pk]
        packed = json.dumps(held, separators=(",", ":"), ensure_ascii=False).encode()
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def empties(model: type[Model], path: str) -> tuple[Q, Q] | None:
    """Conditions for nothing and for something in a column, where it can hold nothing."""
    column = column_of(model, path)
    can_lack = column.null or "__" in path
    if isinstance(column, (CharField, TextField)) and column.blank:
        blank = Q(**{path: ""})
        return (blank | Q(**{f"{path}__isnull": True}) if can_lack else blank), Q(
            **{f"{path}__gt": ""}
        )
    lacks = f"{path}__isnull"
    return (Q(**{lacks: True}), Q(**{lacks: False})) if can_lack else None


def read_cursor(text: str, model: type[Model], order: Order) -> Cursor | None:
    """A cursor out of an address. One that we did not write means the first page, never a fault."""
    if not text or len(text) > LONGEST:
        return None
    try:
        packed = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        forward, start, is_empty, values, pk = json.loads(packed)
        columns = [column_of(model, path) for path in order.columns]
        kept = tuple(_checked(column, value) for column, value in zip(columns, values, strict=True))
        cursor = Cursor(bool(forward), _whole(start), bool(is_empty), kept, _whole(pk, 2**63 - 1))
    except (ValueError, TypeError, ValidationError, binascii.Error, RecursionError, OverflowError):
        return None
    return cursor if _is_sound(cursor, model, order) else None


def _is_sound(cursor: Cursor, model: type[Model], order: Order) -> bool:
    """Only a first column that can hold nothing may do so, and then says it."""
    can_lack = bool(order.columns) and empties(model, order.columns[0]) is not None
    is_empty = can_lack and cursor.values[0] in (None, "")
    return is_empty == cursor.is_empty and None not in cursor.values[int(is_empty) :]


def _whole(value: Any, most: int = FURTHEST) -> int:
    if type(value) is not int or not 0 < value <= most:
        raise ValueError(value)
    return value


def _checked(column: Field, value: Any) -> Any:
    """A value that the column could hold, as it was written into the cursor."""
    if value is None or (value == "" and isinstance(column, (CharField, TextField))):
        return value
    if type(value) not in (int, str):
        raise TypeError(value)
    if isinstance(column, DateTimeField) and connection.vendor == "sqlite":
        if not MOMENT.match(str(value)):
            raise ValueError(value)
        return str(value)
    kept = column.target_field if isinstance(column, ForeignKey) else column
    converted = kept.to_python(value)
    if isinstance(kept, DecimalField):
        kept.run_validators(converted)  # refuses what has too many digits
    if isinstance(converted, int) and abs(converted) >= 2**63:
        raise ValueError(value)
    if isinstance(converted, str) and clean(converted) != converted.strip():
        raise ValueError(value)
    return value
