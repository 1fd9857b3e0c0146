"""Which fields of their own the kinds have now, as the catalogue of fields offers them.

Each process keeps the definitions; one small question a request tells whether they are still so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from threading import RLock
from typing import Any

from django.db.models import BigIntegerField, Count, Model, Subquery, Sum, Value
from django.db.models.fields.json import KT
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kesher.core import fields
from kesher.core.access import Actor, classify_more
from kesher.core.columns import place_own
from kesher.core.fields import Field, Money, Through
from kesher.core.own.models import OwnField, OwnValue
from kesher.core.own.values import COLUMN, NO, YES
from kesher.core.text import in_language

Type = OwnField.Type
Shown = fields.Type
TYPES = {
    Type.TEXT: Shown.TEXT, Type.LONG: Shown.LONG, Type.NUMBER: Shown.NUMBER,
    Type.MONEY: Shown.MONEY, Type.DATE: Shown.DATE, Type.MOMENT: Shown.MOMENT,
    Type.CHOICE: Shown.CHOICE, Type.MANY: Shown.CHOICE, Type.YES_NO: Shown.CHOICE,
    Type.LINK: Shown.LINK,
}  # fmt: skip
GROUPED = frozenset((Type.CHOICE, Type.MANY, Type.YES_NO, Type.DATE, Type.MOMENT))


@dataclass(frozen=True)
class Keeper:
    """A kind whose records keep fields of the business's own, and the table that finds them."""

    kind: str
    model: type[Model]
    values: type[OwnValue]


_keepers: dict[str, Keeper] = {}
_held: dict[str, tuple[OwnField, ...]] = {}  # by kind, retired ones too
_stamp: int | None = None  # nothing was asked yet
MANY, SOME = 10**12, 10**6  # so that no two states give one stamp
_lock = RLock()


def keeps_own(kind: str, model: type[Model], values: type[OwnValue]) -> None:
    """Declare that a kind keeps fields of the business's own."""
    _keepers[kind] = Keeper(kind, model, values)
    classify_more(model, lambda: classifications(kind))


def keepers() -> list[Keeper]:
    """Every kind that keeps them."""
    return list(_keepers.values())


def keeper_of(kind: str) -> Keeper:
    """The kind of that name."""
    return _keepers[kind]


def keeper_for(model: type[Model]) -> Keeper | None:
    """The kind that these records are, if it keeps them."""
    return next((one for one in _keepers.values() if one.model is model), None)


# ---- what is defined


def stamp() -> Subquery:
    """A number that is another once anything was added, changed or taken back."""
    rows = OwnField.objects.order_by().annotate(all=Value(1)).values("all")
    counted = rows.annotate(stamp=Count("pk") * MANY + Sum("pk") * SOME + Sum("version"))
    return Subquery(counted.values("stamp"), output_field=BigIntegerField())


def refresh(seen: int | None = None) -> None:
    """Take in what was changed since, here or in another process.

    Whoever knows the stamp already hands it in.
    """
    global _stamp
    found = seen if seen is not None else _asked()
    if found == _stamp:
        return
    with _lock:
        rows = list(OwnField.objects.all()) if found else []
        for kind, keeper in _keepers.items():
            _held[kind] = tuple(one for one in rows if one.kind == kind)
            place_own(keeper.model, {one.key: one.place for one in _held[kind]})
            fields.put_own(kind, [_field(keeper, one) for one in in_use(_held[kind])])
        _stamp = found


def _asked() -> int:
    totals = OwnField.objects.aggregate(n=Count("pk"), numbers=Sum("pk"), versions=Sum("version"))
    n, numbers, versions = (value or 0 for value in totals.values())
    return int(n * MANY + numbers * SOME + versions)


def forget() -> None:
    """Begin anew, as where no field is."""
    global _stamp
    with _lock:
        _stamp = 0
        for kind, keeper in _keepers.items():
            _held[kind] = ()
            place_own(keeper.model, {})
            fields.put_own(kind, ())


def in_use(rows: Iterable[OwnField]) -> list[OwnField]:
    """Those that are not retired."""
    return [one for one in rows if one.retired_at is None]


def own_fields(kind: str, *, with_retired: bool = False) -> list[OwnField]:
    """The fields of a kind, in their order."""
    if _stamp is None:
        refresh()
    held = _held.get(kind, ())
    return list(held) if with_retired else in_use(held)


def own_field(kind: str, key: str) -> OwnField | None:
    """One field that is in use."""
    return next((one for one in own_fields(kind) if one.key == key), None)


def classifications(kind: str) -> Mapping[str, str]:
    """What one must be cleared for to read each field, retired ones too."""
    return {one.key: one.classification for one in own_fields(kind, with_retired=True)}


def readable_own(actor: Actor, kind: str) -> list[OwnField]:
    """The fields in use that the actor may read."""
    return [one for one in own_fields(kind) if actor.cleared_for(one.classification)]


# ---- as the catalogue of fields has it


def _field(keeper: Keeper, one: OwnField) -> Field:
    kind = Type(one.type)
    path = f"own{one.slot}__{COLUMN[kind]}" if kind in COLUMN else f"own__{one.place}"
    is_many = kind == Type.MANY
    is_sorted = kind in COLUMN and not is_many
    values: Any = keeper.values
    return Field(
        name=one.key,
        label=Label(one.labels),
        type=TYPES[kind],
        lookup=path,
        sort=(path,) if is_sorted else (),
        classification=one.classification,
        choices=_offered(one) if one.is_chosen or kind == Type.YES_NO else None,
        through=Through(values, values.RECORD, "text", where=(("slot", one.slot),))
        if is_many
        else None,
        folded=path if kind in (Type.TEXT, Type.LINK) else "",
        editable=not is_many,
        groups=kind in GROUPED,
        value=_shown(one),
        currency=f"own{one.slot}__text" if kind == Type.MONEY else "",
        shows=KT(f"own__{one.place}"),
        is_own=True,
    )


def _shown(one: OwnField) -> Callable[..., Any]:
    return _money(one.currency) if one.type == Type.MONEY else SHOWN.get(Type(one.type), _text)


def shown_of(one: OwnField, kept: Any) -> Any:
    """What a field holds, as numbers, days and amounts; several of a choice as they are kept."""
    return kept if isinstance(kept, list) else _shown(one)(kept)


def words_of(one: OwnField, kept: Any) -> str:
    """What a field holds, in words: the choices by their names."""
    if not kept:
        return ""
    if isinstance(kept, list) or one.is_chosen or one.type == Type.YES_NO:
        names = dict(choices_of(one, with_retired=True))
        several = kept if isinstance(kept, list) else [kept]
        return ", ".join(names.get(key, key) for key in several)
    return f"{kept} {one.currency}".strip()


class Label:
    """A name in whichever language is read."""

    def __init__(self, labels: Mapping[str, str]):
        self.labels = dict(labels)

    def __str__(self) -> str:
        return in_language(self.labels, get_language() or "en")


def _offered(one: OwnField) -> Callable[[Actor], list[tuple[str, str]]]:
    def choices(_actor: Actor) -> list[tuple[str, str]]:
        return choices_of(one, with_retired=True)

    return choices


def choices_of(
    one: OwnField, *, with_retired: bool = False, now: Any = None
) -> list[tuple[str, str]]:
    """What may be chosen, by name; what is retired only where it stands already."""
    if one.type == Type.YES_NO:
        return [(YES, _("Yes")), (NO, _("No"))]
    held = now if isinstance(now, list) else [now]
    language = get_language() or "en"
    return [
        (choice["key"], in_language(choice["labels"], language))
        for choice in one.choices
        if with_retired or not choice.get("retired") or choice["key"] in held
    ]


def _text(kept: str | None) -> Any:
    return kept


def _number(kept: str | None) -> Any:
    found = Decimal(kept) if kept else None
    return int(found) if found is not None and found == found.to_integral_value() else found


def _money(currency: str) -> Callable[..., Any]:
    def shown(kept: str | None, *_more: Any) -> Any:
        return Money(Decimal(kept), currency) if kept else None

    return shown


def _day(kept: str | None) -> Any:
    return date.fromisoformat(kept) if kept else None


def _moment(kept: str | None) -> Any:
    return datetime.fromisoformat(kept) if kept else None


def _several(kept: str | None) -> Any:
    return json.loads(kept) if kept else None


SHOWN: dict[Type, Callable[..., Any]] = {
    Type.NUMBER: _number, Type.DATE: _day, Type.MOMENT: _moment, Type.MANY: _several,
}  # fmt: skip
