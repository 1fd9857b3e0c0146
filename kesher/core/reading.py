"""Rows read column by column, as lists and files need them: no record is made of each.

Only the columns of the fields asked for are read, and what has many others (tags, branches) in one
more query for all the rows together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kesher.core.access import MASK, Actor
from kesher.core.fields import Field, Money, Ref, Type, label_columns, label_from


@dataclass(frozen=True)
class Reader:
    """Reads some fields of rows: `paths` go into the query, `rows` makes values of it."""

    paths: tuple[Any, ...]
    parts: tuple[_Part, ...]

    def rows(self, found: Iterable[Sequence[Any]]) -> list[tuple[int, list[Any]]]:
        """Number and values of each row; each row of `found` begins with its number."""
        kept = list(found)
        pks = [row[0] for row in kept]
        many = {part.one.name: part.others(pks) for part in self.parts if part.is_apart}
        return [
            (
                row[0],
                [
                    many[part.one.name].get(row[0], []) if part.is_apart else part.value(row)
                    for part in self.parts
                ],
            )
            for row in kept
        ]


@dataclass(frozen=True)
class _Part:
    """One field: where its columns stand in a row, and what to make of them."""

    one: Field
    at: int
    width: int
    named: tuple[str, ...] = ()

    @property
    def is_apart(self) -> bool:
        """Whether what it has is read from a table of many."""
        return _is_apart(self.one)

    def value(self, row: Sequence[Any]) -> Any:
        one, first = self.one, row[self.at]
        read = row[self.at : self.at + self.width]
        if one.value is not None:
            return one.value(*read)
        if one.type == Type.REF:
            return (
                None if first is None else Ref(first, label_from(read[1:]) if self.named else MASK)
            )
        if one.type == Type.MONEY:
            return None if first is None else Money(first, read[1])
        if one.filled:
            return first is not None
        return first

    def others(self, pks: Sequence[int]) -> dict[int, list[Any]]:
        """What each row has of its many others, in the order of their names."""
        through = self.one.through
        assert through is not None  # noqa: S101 - for the type
        record = f"{through.record}_id"
        held = through.model._default_manager.filter(**{f"{through.record}__in": pks})
        others: dict[int, list[Any]] = {}
        if through.text:
            column = through.text
            for pk, text in held.order_by("pk").values_list(record, column):
                others.setdefault(pk, []).append(text)
            return others
        columns = [f"{through.other}__{name}" for name in self.named]
        for pk, other, *names in held.values_list(record, f"{through.other}_id", *columns):
            label = label_from(names) if self.named else MASK
            others.setdefault(pk, []).append(Ref(other, label))
        for refs in others.values():
            refs.sort(key=lambda ref: ref.label)
        return others


def reader(actor: Actor, fields: Iterable[Field]) -> Reader:
    """How to read these fields. What names another record is read only by who may know its name."""
    parts: list[_Part] = []
    paths: list[Any] = []
    for one in fields:
        named = label_columns(actor, one.refers) if one.refers else ()
        columns = [] if _is_apart(one) else _columns(one, named)
        parts.append(_Part(one, 1 + len(paths), len(columns), named))
        paths += columns
    return Reader(tuple(paths), tuple(parts))


def _is_apart(one: Field) -> bool:
    return one.through is not None and one.shows is None


def _columns(one: Field, named: tuple[str, ...]) -> list[Any]:
    if one.shows is not None:
        return [one.shows]
    columns = [one.path]
    if one.type == Type.REF:
        columns += [f"{one.path}__{name}" for name in named]
    if one.type == Type.MONEY:
        columns.append(one.currency)
    return [*columns, *one.reads]
