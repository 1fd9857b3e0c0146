"""What lies beside a customer's row: contact details, ties, wishes as changes remember them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kesher.core.access import Actor
from kesher.core.changes import new_batch, plain
from kesher.customers import points
from kesher.customers.models import ContactPoint, Customer, CustomerContact, Tie, Wish
from kesher.customers.points import Reading
from kesher.customers.writing import write


@dataclass(frozen=True)
class Use:
    """A contact point as a customer uses it, before it is a row."""

    reading: Reading
    label: str = ""
    valid_until: datetime.date | None = None


def held_uses(customer: Customer) -> list[Use]:
    """The contact details of a customer as they are, in order."""
    rows = CustomerContact.objects.filter(customer=customer).select_related("point")
    return [Use(reading_of(row), row.label, row.valid_until) for row in rows.order_by("rank", "pk")]


def remembered(uses: list[Use]) -> list[dict[str, Any]]:
    """Contact details as a Change keeps them: enough to write them anew."""
    return [
        {
            name: value
            for name, value in (
                *((name, getattr(use.reading, name)) for name in points.COLUMNS),
                ("label", use.label),
                ("valid_until", plain(use.valid_until)),
            )
            if value
        }
        for use in sorted(uses, key=lambda use: use.reading.kind)
    ]


def rewrite(*, by: Actor, customer: Customer, uses: list[Use], batch: str) -> None:
    """Make these the contact details of a customer, keeping the rows that stay."""
    before = remembered(held_uses(customer))
    after = remembered(uses)
    if before == after:
        return
    rows = points.rows_for(use.reading for use in uses)
    held = {row.point_id: row for row in CustomerContact.objects.filter(customer=customer)}
    ranks: dict[str, int] = {}
    for use in uses:
        point = rows[use.reading.key]
        rank = ranks[use.reading.kind] = ranks.get(use.reading.kind, -1) + 1
        row = held.pop(point, None) or CustomerContact(customer=customer, point_id=point)
        row.raw, row.label, row.valid_until = use.reading.raw, use.label, use.valid_until
        row.rank = rank
        row.save()
    CustomerContact.objects.filter(pk__in=[row.pk for row in held.values()]).delete()
    ContactPoint.objects.filter(pk__in=list(held), uses__isnull=True).delete()
    columns = _firsts(customer, uses)
    write(
        by=by,
        customer=customer,
        columns=columns,
        before={"contacts": before},
        after={"contacts": after},
        batch=batch or new_batch(),
    )


def _firsts(customer: Customer, uses: list[Use]) -> dict[str, str]:
    """The first telephone and e-mail, and the city of an address where none is known."""
    of_kind: dict[str, str] = {}
    for use in uses:
        of_kind.setdefault(use.reading.kind, use.reading.normal)
    cities = [use.reading.city for use in uses if use.reading.city]
    columns = {
        "phone": of_kind.get(ContactPoint.Kind.PHONE, "")[:40],
        "email": of_kind.get(ContactPoint.Kind.EMAIL, ""),
    }
    if cities and not customer.city:
        columns["city"] = cities[0]
    return columns


def keys_in_order(customer: Customer) -> list[tuple[str, str]]:
    """The contact points of a customer, by kind and what is compared, as he ranks them."""
    rows = CustomerContact.objects.filter(customer=customer).order_by("rank", "pk")
    return list(rows.values_list("point__kind", "point__normal"))


def reached_by(customer: Customer) -> dict[str, Any]:
    """How a customer is reached, in his order, and the points: one that nobody uses is deleted."""
    rows = ContactPoint.objects.filter(uses__customer=customer)
    held = {str(row.pk): [getattr(row, name) for name in points.COLUMNS] for row in rows}
    return {"contacts": keys_in_order(customer), "points": held}


def points_again(held: Mapping[str, Sequence[str]]) -> dict[int, int]:
    """Points that are gone are made anew; returns the number that each has now."""
    readings = {int(number): Reading(*values) for number, values in held.items()}
    there = ContactPoint.objects.filter(pk__in=readings).values_list("pk", flat=True)
    missing = {number: readings[number] for number in readings.keys() - {*there}}
    rows = points.rows_for(missing.values())
    return {number: rows[reading.key] for number, reading in missing.items()}


def arrange(customer: Customer, order: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Rank contact details in this order, others behind them; returns the columns that follow."""
    places = {key: at for at, key in reversed(list(enumerate(order)))}
    rows = CustomerContact.objects.filter(customer=customer).select_related("point")
    last = len(order)
    held = sorted(rows, key=lambda row: (places.get(reading_of(row).key, last), row.rank, row.pk))
    ranks: dict[str, int] = {}
    moved = []
    for row in held:
        rank = ranks[row.point.kind] = ranks.get(row.point.kind, -1) + 1
        if row.rank != rank:
            row.rank = rank
            moved.append(row)
    CustomerContact.objects.bulk_update(moved, ["rank"])
    firsts = _firsts(customer, [Use(reading_of(row)) for row in held])
    return {name: firsts[name] for name in ("phone", "email")}


def reading_of(row: CustomerContact) -> Reading:
    """A contact point as this customer typed it; its row is read along."""
    held = Reading(**{name: getattr(row.point, name) for name in points.COLUMNS})
    return replace(held, raw=row.raw)


def from_memory(one: dict[str, Any]) -> Use:
    """A contact detail as a Change remembers it."""
    reading = Reading(**{name: one.get(name, "") for name in points.COLUMNS})
    until = one.get("valid_until")
    return Use(reading, one.get("label", ""), datetime.date.fromisoformat(until) if until else None)


def remembered_tie(tie: Tie) -> dict[str, Any]:
    """A tie as a Change keeps it: enough to make it anew."""
    days = {"starts_on": plain(tie.starts_on), "ends_on": plain(tie.ends_on)}
    return {"other": tie.other_id, "role": tie.role, "title": tie.title, **days}


def remembered_wish(wish: Wish) -> dict[str, Any]:
    """A wish as a Change keeps it."""
    days = {name: plain(getattr(wish, name)) for name in ("noted_on", "wanted_on", "met_on")}
    who = {"noted_by": wish.noted_by_id, "version": wish.version}
    return {"text": wish.text, "kind": wish.kind, **days, **who}
