"""Whose value stays when several customers become one: what was chosen, else the first there is.

What somebody may not read he neither sees nor chooses: the survivor keeps his own, or is filled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kesher.core.access import AccessDenied, Actor, readable
from kesher.core.own.catalogue import own_fields
from kesher.customers import typed
from kesher.customers.models import Customer

# What is chosen as one, and the columns that it is kept in.
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("first_name", "last_name", "name", "sort_name"),
    "phone": ("phone",),
    "email": ("email",),
    "reference": ("reference",),
    "birth_on": ("birth_on",),
    "gender": ("gender",),
    "language": ("language",),
    "city": ("city",),
    "owner": ("owner_id",),
    "team": ("team_id",),
    "source": ("source_id",),
    "stage": ("stage",),
    "since_on": ("since_on",),
    "preferred_channel": ("preferred_channel",),
    "preferred_member": ("preferred_member_id",),
    "preferred_days": ("preferred_days",),
    "preferred_from": ("preferred_from", "preferred_until"),
    "about": ("about",),
}
BY_RANK = ("phone", "email")  # first among the contact details, which all stay


def held_in(customer: Customer, name: str) -> tuple[Any, ...]:
    """What a customer holds of a field."""
    return tuple(getattr(customer, column) for column in COLUMNS[name])


def is_empty(held: tuple[Any, ...]) -> bool:
    """Whether nothing is said."""
    return all(value in (None, "", []) for value in held)


def whose(
    by: Actor, customers: Sequence[Customer], chosen: Mapping[str, int]
) -> dict[str, Customer]:
    """Of each field the customer whose value stays; the first of them is the survivor."""
    may_read = readable(by, Customer)
    by_number = {customer.pk: customer for customer in customers}
    for name, number in chosen.items():
        if name not in COLUMNS or number not in by_number:
            raise typed.ChoiceUnknown(value=str(number)[:40], field=name[:40])
        if name not in may_read:
            raise AccessDenied(f"{by.label} may not choose {name}")
    return {
        name: by_number[chosen[name]] if name in chosen else first_filled(customers, name)
        for name in COLUMNS
    }


def first_filled(customers: Sequence[Customer], name: str) -> Customer:
    """The first who says anything of a field; the survivor where nobody does."""
    filled = (one for one in customers if not is_empty(held_in(one, name)))
    return next(filled, customers[0])


def columns_of(customers: Sequence[Customer], taken: Mapping[str, Customer]) -> dict[str, Any]:
    """The columns of the one that goes on. He is archived only if all of them were."""
    columns = {
        column: getattr(customer, column)
        for name, customer in taken.items()
        if name not in BY_RANK
        for column in COLUMNS[name]
    }
    for one in own_fields("customers", with_retired=True):
        filled = (customer.own[one.place] for customer in customers if one.place in customer.own)
        columns[one.key] = next(filled, None)
    if any(customer.archived_at is None for customer in customers):
        columns["archived_at"] = None
    return columns
