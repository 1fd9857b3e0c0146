"""Fields of the business's own in files of customers: told by their names in any language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, readable
from kesher.core.importing.kinds import Column
from kesher.core.importing.refusals import LineRefused, NotAChoice, shown
from kesher.core.importing.values import (
    Place,
    Reader,
    many_of,
    read_amount,
    read_day,
    read_moment,
    read_number,
)
from kesher.core.own.catalogue import Label, choices_of, own_fields
from kesher.core.own.index import by_key, own_of
from kesher.core.own.models import OwnField
from kesher.core.own.values import NotOffered, checked
from kesher.customers.models import Customer

Type = OwnField.Type
BETWEEN_WORDS = r"\s:::\s|[;,\n|]"


class NotForYou(LineRefused):
    message = _("You may not fill in “%(field)s”. Leave this column out.")


class OtherCurrency(LineRefused):
    message = _("“%(column)s” holds amounts in %(ours)s, and this one is in %(theirs)s.")


def own_columns() -> tuple[Column, ...]:
    """The columns that own fields add."""
    return tuple(_column(one) for one in own_fields("customers"))


def _column(one: OwnField) -> Column:
    return Column(
        name=one.key,
        label=Label(one.labels),
        reads=_reader(one),
        is_day=one.type == Type.DATE,
        choices=(lambda actor: choices_of(one)) if one.is_chosen else None,
    )


def _reader(one: OwnField) -> Reader:
    """What a cell says, in the form in which it is kept."""
    if one.type == Type.MANY:
        return many_of(_chosen(one), BETWEEN_WORDS)
    if one.type in (Type.CHOICE, Type.YES_NO):
        return _chosen(one)
    read = {
        Type.NUMBER: read_number, Type.MONEY: _amount(one), Type.DATE: read_day,
        Type.MOMENT: read_moment,
    }.get(Type(one.type))  # fmt: skip

    def kept(text: str, column: str, place: Place) -> Any:
        return checked(one, read(text, column, place) if read else text)

    return kept


def _amount(one: OwnField) -> Reader:
    def read(text: str, column: str, place: Place) -> Any:
        amount = read_amount(text, column, place)
        if amount.currency not in ("", one.currency):
            raise OtherCurrency(column=column, ours=one.currency, theirs=amount.currency)
        return amount.number

    return read


def _chosen(one: OwnField) -> Reader:
    def read(text: str, column: str, place: Place) -> Any:
        try:
            held = text if one.type != Type.MANY else [text]
            kept = checked(one, text if one.type != Type.MANY else [text], held)
        except NotOffered:
            names = ", ".join(label for _key, label in choices_of(one))
            raise NotAChoice(word=text, column=column, value=shown(text), choices=names) from None
        return kept[0] if isinstance(kept, list) else kept

    return read


def own_said(by: Actor, said: Mapping[str, Any]) -> dict[str, Any]:
    """What a line says of own fields; refuses what the actor could not read himself."""
    found = {name: said[name] for name in own_of(said) if said[name]}
    labels = {one.key: one.label for one in own_fields("customers")}
    for name in found.keys() - readable(by, Customer):
        raise NotForYou(field=labels.get(name, name))
    return found


def values_held(row: Customer, names: Iterable[str]) -> dict[str, Any]:
    """What is known of a customer: some columns, and the business's own fields."""
    return {name: getattr(row, name) for name in names} | by_key("customers", row.own)
