"""One catalogue of fields: what each kind of record offers to lists, filters, import and export.

A part declares its kind in `fields.py`; a part above may add columns of its own to a kind below
through one-to-one summary tables. What an actor may not read is not in his catalogue at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Model

from kesher.core.access import Actor, policy_of


class Type(StrEnum):
    """What a field holds: decides its filters, its input and how it is shown."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"
    REF = "ref"
    FLAG = "flag"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True)
class Through:
    """A table between a record and many others (tags, branches): asked by EXISTS."""

    model: type[Model]
    record: str
    other: str


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a kind, under the name it has in the address, in files and in filters."""

    name: str
    label: Any
    type: Type = Type.TEXT
    lookup: str = ""  # path of the ORM; the name when empty
    sort: str = ""  # column to sort by; empty when it can't be sorted by
    classification: str = ""  # of the column it reads when empty
    choices: Callable[[Actor], Iterable[tuple[str, Any]]] | None = None
    refers: type[Model] | None = None
    through: Through | None = None
    folded: bool = False  # the column holds folded text
    editable: bool = False  # may be changed in its cell
    shown: bool = False  # a column of the list unless asked otherwise
    value: Callable[[Any], Any] | None = None  # what to show, when not the column itself
    related: tuple[str, ...] = ()  # what to select along
    currency: str = ""  # for money: the column with its currency

    @property
    def path(self) -> str:
        return self.lookup or self.name


@dataclass
class Kind:
    """A kind of record that people list, filter, import and export."""

    name: str
    model: type[Model]
    label: Any
    labels: Any
    fields: dict[str, Field] = field(default_factory=dict)


_kinds: dict[str, Kind] = {}


def declare(name: str, model: type[Model], *, label: Any, labels: Any, fields: list[Field]) -> Kind:
    """Declare a kind and its own fields."""
    _kinds[name] = Kind(name=name, model=model, label=label, labels=labels)
    extend(name, fields)
    return _kinds[name]


def extend(name: str, fields: list[Field]) -> None:
    """Add fields to a kind of a part below. Their classification must be said."""
    for one in fields:
        _kinds[name].fields[one.name] = one


def kind_of(name: str) -> Kind:
    """The declared kind of that name."""
    return _kinds[name]


def kinds() -> list[Kind]:
    """Every declared kind."""
    return list(_kinds.values())


def classification_of(kind: Kind, one: Field) -> str:
    """The classification of a field: its own, else that of the column it reads."""
    return one.classification or policy_of(kind.model).fields[one.path.split("__")[0]]


def fields_for(actor: Actor, kind: Kind) -> dict[str, Field]:
    """The fields of a kind that the actor may read, by name, in declared order."""
    return {
        name: one
        for name, one in kind.fields.items()
        if actor.cleared_for(classification_of(kind, one))
    }


def value_of(one: Field, record: Any) -> Any:
    """The value of a field of one (unguarded) record that a query brought with `related`."""
    if one.value is not None:
        return one.value(record)
    value = record
    for part in one.path.split("__"):
        value = getattr(value, part, None)
        if value is None:
            return None
    return value
