from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor
from kesher.core.changes import locked
from kesher.core.refusal import Refusal
from kesher.customers import points, typed
from kesher.customers.models import ContactPoint, Customer, CustomerContact
from kesher.customers.points import Address
from kesher.customers.uses import Use, from_memory, held_uses, rewrite
from kesher.customers.writing import require_change, require_fields
from kesher.organization.queries import business

MOST = 60  # contact points of one customer


class ContactThere(Refusal):
    """The same number twice for one customer."""

    message = _("“%(value)s” is among his contact details already.")


class TooManyContacts(Refusal):
    """More than anybody has."""

    message = _("A customer has at most %(most)s contact details. Remove what is out of date.")


@transaction.atomic
def add_contact(
    *,
    by: Actor,
    customer: Customer,
    kind: str,
    value: str | Address,
    label: str = "",
    is_first: bool = False,
    batch: str = "",
) -> CustomerContact:
    """Add a telephone, e-mail, address, messenger or fax of a customer."""
    require_change(by, customer)
    require_fields(by, ["phone", "email"])
    locked(customer)
    reading = points.read_point(_kind(kind), value, business().country)
    uses = held_uses(customer)
    if any(use.reading.key == reading.key for use in uses):
        raise ContactThere(value=reading.raw[:60])
    if len(uses) >= MOST:
        raise TooManyContacts(most=MOST)
    fresh = Use(reading, typed.fitted(CustomerContact, "label", label))
    rewrite(
        by=by, customer=customer, uses=[fresh, *uses] if is_first else [*uses, fresh], batch=batch
    )
    return CustomerContact.objects.get(
        customer=customer, point__kind=reading.kind, point__normal=reading.normal
    )


@transaction.atomic
def change_contact(
    *,
    by: Actor,
    contact: CustomerContact,
    value: str | Address,
    label: str = "",
    valid_until: datetime.date | None = None,
    batch: str = "",
) -> CustomerContact:
    """Correct a contact detail; others who share the old one keep it."""
    customer = contact.customer
    require_change(by, customer)
    require_fields(by, ["phone", "email"])
    locked(customer)
    reading = points.read_point(contact.point.kind, value, business().country)
    key = (contact.point.kind, contact.point.normal)
    uses = held_uses(customer)
    if reading.key != key and any(use.reading.key == reading.key for use in uses):
        raise ContactThere(value=reading.raw[:60])
    changed = Use(reading, typed.fitted(CustomerContact, "label", label), valid_until)
    rewrite(
        by=by,
        customer=customer,
        uses=[changed if use.reading.key == key else use for use in uses],
        batch=batch,
    )
    return CustomerContact.objects.get(
        customer=customer, point__kind=reading.kind, point__normal=reading.normal
    )


@transaction.atomic
def remove_contact(*, by: Actor, contact: CustomerContact, batch: str = "") -> None:
    """Take a contact detail away from a customer."""
    customer = contact.customer
    require_change(by, customer)
    require_fields(by, ["phone", "email"])
    locked(customer)
    key = (contact.point.kind, contact.point.normal)
    kept = [use for use in held_uses(customer) if use.reading.key != key]
    rewrite(by=by, customer=customer, uses=kept, batch=batch)


@transaction.atomic
def prefer_contact(*, by: Actor, contact: CustomerContact, batch: str = "") -> None:
    """Make a contact detail the first of its kind: the one that is shown and dialled."""
    customer = contact.customer
    require_change(by, customer)
    require_fields(by, ["phone", "email"])
    locked(customer)
    key = (contact.point.kind, contact.point.normal)
    uses = sorted(held_uses(customer), key=lambda use: use.reading.key != key)
    rewrite(by=by, customer=customer, uses=uses, batch=batch)


@transaction.atomic
def set_contacts(
    *, by: Actor, customer: Customer, contacts: list[dict[str, Any]], batch: str = ""
) -> None:
    """Give a customer back the contact details that an earlier change remembered."""
    require_change(by, customer)
    require_fields(by, ["phone", "email"])
    locked(customer)
    rewrite(by=by, customer=customer, uses=[from_memory(one) for one in contacts], batch=batch)


def _kind(kind: str) -> str:
    if kind not in ContactPoint.Kind.values:
        raise typed.ChoiceUnknown(value=kind[:40], field=str(_("Kind")))
    return kind
