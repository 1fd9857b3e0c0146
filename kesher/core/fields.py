"""One catalogue of fields: what each kind of record offers to lists, filters, import and export.

A part declares its kind in `fields.py`; a part above may add columns of its own to a kind below
through one-to-one summary tables. What an actor may not read is not in his catalogue at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.translation import get_language

from kesher.core.access import Actor, may, policy_of, visible
from kesher.core.text import in_language

MOST_CHOICES = 500


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
    LINK = "link"
    PHONE = "phone"
    EMAIL = "email"


WORDS = frozenset({Type.TEXT, Type.LONG, Type.PHONE, Type.EMAIL, Type.LINK})


@dataclass(frozen=True)
class Through:
    """A table between a record and its many others (tags, branches): asked by EXISTS.

    With `text` the table holds words of the record instead (its wishes), folded in that column.
    """

    model: type[Model]
    record: str
    other: str = ""
    text: str = ""
    kind: str = ""  # where the table tells of many kinds of record: of this one
    where: tuple[tuple[str, Any], ...] = ()  # only the rows that hold this

    @property
    def reads(self) -> str:
        return self.other or self.text


ModelType = type[Model]  # within Field its own `type` stands in the way


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a kind, under the name it has in the address, in files and in filters."""

    name: str
    label: Any
    type: Type = Type.TEXT
    lookup: str = ""  # path of the ORM; the name when empty
    sort: tuple[str, ...] = ()  # columns to sort by, best with an index; empty: it can't be sorted
    classification: str = ""  # beside that of the columns it reads
    choices: Callable[[Actor], Iterable[tuple[Any, Any]]] | None = None
    refers: ModelType | None = None
    through: Through | None = None
    folded: str = ""  # the column with the folded text, where there is one
    editable: bool = False  # may be changed in its cell
    shown: bool = True  # may be a column; else it only filters
    groups: bool = False  # rows may be put together by it
    filled: bool = False  # a flag that says whether its column holds anything
    reads: tuple[str, ...] = ()  # more columns that drawing it needs, after its own
    value: Callable[..., Any] | None = None  # makes what is shown of what was read
    currency: str = ""  # for money: the column with its currency
    summarises: ModelType | None = None  # it tells of such records: for those who may see them
    shows: Any = None  # an expression that is read to be shown, in place of the path
    is_own: bool = False  # made by the business; its classification is all there is to it

    @property
    def path(self) -> str:
        return self.lookup or self.name


@dataclass(frozen=True)
class Ref:
    """A record that another refers to: its number and its name, nothing more."""

    pk: int
    label: str

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True)
class Money:
    """An amount with its currency: amounts of two currencies are never added."""

    amount: Any
    currency: str


@dataclass
class Kind:
    """A kind of record that people list, filter, import and export."""

    name: str
    model: type[Model]
    label: Any
    labels: Any
    fields: dict[str, Field] = field(default_factory=dict)
    kept: dict[str, frozenset[str]] = field(default_factory=dict)  # classifications by field
    read: dict[Any, dict[str, Field]] = field(default_factory=dict)  # fields by what one may read


_kinds: dict[str, Kind] = {}


def declare(
    name: str, model: type[Model], *, label: Any, labels: Any, fields: Iterable[Field]
) -> Kind:
    """Declare a kind and its own fields."""
    _kinds[name] = Kind(name=name, model=model, label=label, labels=labels)
    extend(name, fields)
    return _kinds[name]


def extend(name: str, fields: Iterable[Field]) -> None:
    """Add fields to a kind, or from a part above to a kind of a part below."""
    for one in fields:
        _kinds[name].fields[one.name] = one
        _kinds[name].kept.pop(one.name, None)
    _kinds[name].read.clear()


def put_own(name: str, fields: Iterable[Field]) -> None:
    """Give a kind the fields that the business made, in place of those it had."""
    kind = _kinds[name]
    declared = {key: one for key, one in kind.fields.items() if not one.is_own}
    kind.fields, kind.kept, kind.read = declared | {one.name: one for one in fields}, {}, {}


def kind_of(name: str) -> Kind:
    """The declared kind of that name."""
    return _kinds[name]


def kinds() -> list[Kind]:
    """Every declared kind."""
    return list(_kinds.values())


# ---- who may read which


def classifications_of(kind: Kind, one: Field) -> frozenset[str]:
    """All that one must be cleared for to read a field: every column that it touches counts."""
    if one.is_own:
        return frozenset({one.classification})
    if one.name not in kind.kept:
        kept = {one.classification} if one.classification else set()
        if one.through and one.through.kind:
            paths: list[str] = []  # the choices of a ledger say what may be asked of it
        elif one.through:
            kept |= _along(one.through.model, one.through.reads)
            paths = []
        else:
            paths = [one.path, *one.sort, *one.reads, *filter(None, (one.currency, one.folded))]
        for path in paths:
            kept |= _along(kind.model, path)
        kind.kept[one.name] = frozenset(kept)
    return kind.kept[one.name]


def _along(model: type[Model], path: str) -> set[str]:
    """The classifications of the columns on a path; a summary from above has none itself."""
    kept = set()
    for name in path.split("__"):
        column = model._meta.pk if name == "pk" else model._meta.get_field(name)
        if not column.auto_created or column.concrete:
            kept.add(policy_of(model).fields[column.name])
        model = column.related_model or model
    return kept


def fields_for(actor: Actor, kind: Kind) -> dict[str, Field]:
    """The fields of a kind that the actor may read, by name, in declared order."""
    summed = {one.summarises for one in kind.fields.values() if one.summarises}
    granted = frozenset(model for model in summed if may(actor, "view", model))
    key = (actor.is_system, actor.clearances, granted)
    read, held = kind.read, kind.fields  # own fields may come in between
    if key not in read:
        read[key] = {name: one for name, one in held.items() if is_readable(actor, kind, one)}
    return read[key]


def is_readable(actor: Actor, kind: Kind, one: Field) -> bool:
    """Whether the actor may read, filter, sort, group, count and export by a field."""
    if one.summarises and not may(actor, "view", one.summarises):
        return False
    return actor.is_system or all(map(actor.cleared_for, classifications_of(kind, one)))


# ---- what refers to other records, and the choices there are


def label_columns(actor: Actor, model: type[Model]) -> tuple[str, ...]:
    """The columns that name a record, or none where the actor may not read its name."""
    policy = policy_of(model)
    is_open = all(actor.cleared_for(policy.fields[name]) for name in policy.label)
    return tuple(policy.label) if is_open else ()


def label_from(values: Iterable[Any]) -> str:
    """The name of a record from the columns that name it, in the reader's language."""
    return " ".join(_in_words(value) for value in values if value)


def _in_words(value: Any) -> str:
    return in_language(value, get_language() or "en") if isinstance(value, dict) else str(value)


def choices_of(one: Field, actor: Actor) -> list[tuple[str, str]]:
    """What a field may be set to or filtered by: of records only those the actor may see."""
    if one.choices is not None:
        return [(str(value), str(label)) for value, label in one.choices(actor)]
    if one.refers is None:
        return []
    named = label_columns(actor, one.refers)
    rows = visible(actor, one.refers).order_by(*named).values_list("pk", *named)[:MOST_CHOICES]
    found = [(str(pk), label_from(values)) for pk, *values in rows]
    return sorted(found, key=lambda choice: choice[1].casefold())


def label_of_ref(one: Field, actor: Actor, pk: int) -> str:
    """The name of one record that a field refers to; nothing where the actor may not see it."""
    if one.refers is None:
        return ""
    named = label_columns(actor, one.refers)
    row = visible(actor, one.refers).filter(pk=pk).values_list("pk", *named).first()
    return label_from(row[1:]) if row else ""


def column_of(model: type[Model], path: str) -> Any:
    """The column of the database at the end of a path."""
    column: Any = None
    for name in path.split("__"):
        try:
            column = model._meta.pk if name == "pk" else model._meta.get_field(name)
        except FieldDoesNotExist:
            return column  # the rest is a transform
        model = column.related_model or model
    return column
