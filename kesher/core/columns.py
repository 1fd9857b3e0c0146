"""The columns that a table itself holds, and what lies in its column of own fields."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model

OWN = "own"  # the column of fields that the business made
OWN_PREFIX = "own_"  # of their names
_places: dict[type[Model], dict[str, str]] = {}  # where in that column each of them lies


def place_own(model: type[Model], places: dict[str, str]) -> None:
    """Say where in its column each own field of a kind of record lies."""
    _places[model] = places


def column_named(model: type[Model] | Model, name: str) -> Field[Any, Any]:
    """A column by its name in the model; what other tables hold of it is none."""
    found = model._meta.get_field(name)
    if not isinstance(found, Field):
        raise FieldDoesNotExist(f"{model._meta.label} holds no column {name}")
    return found


def held_in(record: Any, name: str) -> Any:
    """What a record holds under a name: the number of a record that it points to."""
    if name.startswith(OWN_PREFIX):
        return record.own.get(_places.get(type(record), {}).get(name))
    column = column_named(record, name)
    return getattr(record, column.attname if column.is_relation else name)


def put_into(record: Any, name: str, value: Any) -> str:
    """Let a record hold something under a name; which column is to be saved for it."""
    if not name.startswith(OWN_PREFIX):
        setattr(record, name, value)
        return name
    place = _places[type(record)][name]
    rest = {key: held for key, held in record.own.items() if key != place}
    record.own = rest if value is None else rest | {place: value}
    return OWN
