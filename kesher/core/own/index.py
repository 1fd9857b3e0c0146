"""Keeps the table by which own fields are filtered and sorted as the records have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kesher.core.bulk import insert_rows
from kesher.core.columns import OWN_PREFIX
from kesher.core.own.catalogue import Keeper, keeper_for, own_fields
from kesher.core.own.meaning import converted
from kesher.core.own.models import OwnField
from kesher.core.own.values import checked, rows_of

SEARCHED = frozenset((OwnField.Type.TEXT, OwnField.Type.LONG, OwnField.Type.LINK))
COLUMNS = ("slot", "text", "number", "day", "moment")


def keeper_of_record(record: Any) -> Keeper:
    """What keeps the fields of such a record."""
    keeper = keeper_for(type(record))
    assert keeper is not None  # noqa: S101 - only such records come here
    return keeper


def own_of(names: Iterable[str]) -> list[str]:
    """Those of some names that are own fields."""
    return [name for name in names if name.startswith(OWN_PREFIX)]


def find_by_own(records: Sequence[Any]) -> None:
    """Let records that were just added be found by their own fields."""
    keeper = keeper_for(type(records[0])) if records else None
    filled = [record for record in records if record.own]
    if keeper and filled:
        fields = own_fields(keeper.kind, with_retired=True)
        insert_values(fields, filled)
        _convert_too(fields, filled)


def find_anew(record: Any, names: Iterable[str]) -> None:
    """Let a record be found by what some of its own fields hold now."""
    keeper = keeper_for(type(record))
    wanted = set(own_of(names))
    if not keeper or not wanted:
        return
    held = own_fields(keeper.kind, with_retired=True)
    fields = [one for one in held if one.key in wanted]
    values_of(record).filter(slot__in=[one.slot for one in fields]).delete()
    insert_values(fields, [record])
    _convert_too(fields, [record])


def _convert_too(fields: Sequence[OwnField], records: Sequence[Any]) -> None:
    """While the type of a field is changed, what is written goes to its new place as well."""
    for one in fields:
        for record in records if one.next else ():
            place_converted(one, one.becoming, record)


def place_converted(one: OwnField, wanted: OwnField, record: Any) -> None:
    """Write what a record's value will be to where it will be read."""
    kept = record.own.get(one.place)
    after = converted(one, wanted, kept) if kept else None
    rest = {place: held for place, held in record.own.items() if place != wanted.place}
    record.own = rest if after is None else rest | {wanted.place: after}
    type(record)._default_manager.filter(pk=record.pk).update(own=record.own)
    values_of(record).filter(slot=wanted.slot).delete()
    insert_values([wanted], [record])


def values_of(record: Any) -> Any:
    """The rows by which a record is found."""
    values: Any = keeper_of_record(record).values
    return values._default_manager.filter(**{values.RECORD: record.pk})


def insert_values(fields: Sequence[OwnField], records: Sequence[Any]) -> None:
    """Let records be found by what some of their fields hold."""
    keeper = keeper_of_record(records[0])
    rows = (
        (record.pk, *row)
        for record in records
        for one in fields
        for row in rows_of(one, record.own.get(one.place))
    )
    insert_rows(keeper.values, (keeper.values.RECORD, *COLUMNS), rows)


def texts_by_class(kind: str, own: Mapping[str, Any]) -> dict[str, list[str]]:
    """The words by which search finds a record, by the classification of their fields."""
    found: dict[str, list[str]] = {}
    for one in own_fields(kind) if own else ():
        if one.type in SEARCHED and (kept := own.get(one.place)):
            found.setdefault(one.classification, []).append(str(kept))
    return found


def with_defaults(kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a new record: as they were said, else what the fields begin with."""
    fields = own_fields(kind)
    if not fields:
        return {}
    usual = {one.key: one.default for one in fields if one.default and one.key not in said}
    wanted = usual | dict(said)
    kept = ((one.place, checked(one, wanted.get(one.key))) for one in fields)
    return {place: value for place, value in kept if value is not None}


def by_key(kind: str, own: Mapping[str, Any]) -> dict[str, Any]:
    """What a record holds of own fields, by the keys of the fields."""
    held = own_fields(kind, with_retired=True) if own else []
    return {one.key: own[one.place] for one in held if one.place in own}
