"""Customers and their ties as files that can be brought back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, visible
from kesher.core.archiving import Archived, archived, joined, number_of, texts_of
from kesher.core.own.catalogue import own_field, own_fields, words_of
from kesher.core.own.index import by_key
from kesher.core.text import fold
from kesher.customers.import_ties import Ties
from kesher.customers.models import (
    Channel,
    ContactPoint,
    Customer,
    CustomerBranch,
    CustomerContact,
    CustomerTag,
    Tie,
    Wish,
)
from kesher.customers.points import Address, Reading, one_line
from kesher.customers.uses import reading_of
from kesher.organization.models import Language, Member

SIMPLE = (
    "kind", "first_name", "last_name", "name", "city", "birth_on", "gender", "language",
    "preferred_channel", "stage", "since_on",
)  # fmt: skip
POINT = (ContactPoint, "raw")


def customers_out(by: Actor) -> QuerySet[Customer]:
    """The customers that the actor may take out; those in the bin stay there."""
    return visible(by, Customer, "export").filter(binned_at=None)


def number_in_files(pk: int, reference: str | None) -> str:
    """The number by which files know a customer: his own, else one that we make."""
    return reference or number_of(pk)


def members_in_files(by: Actor) -> dict[int, str]:
    """How files name each colleague: by name, or by e-mail where two share the name."""
    rows = list(visible(by, Member).values_list("pk", "name", "email", "is_active"))
    shared: dict[str, int] = defaultdict(int)
    for _pk, name, _email, is_active in rows:
        shared[fold(name)] += is_active
    return {pk: name if shared[fold(name)] < 2 else email for pk, name, email, _active in rows}


@archived
class CustomersOut(Archived):
    name = "customers"
    model = Customer
    fixed = (
        "reference", "kind", "first_name", "last_name", "name", "phone", "email", "fax",
        "messenger", "address", "city", "birth_on", "gender", "language", "preferred_channel",
        "stage", "since_on", "tags", "source", "owner", "branches", "about", "archived",
    )  # fmt: skip
    told_by = {
        **dict.fromkeys(("phone", "email", "fax", "messenger", "address"), POINT),
        "archived": (Customer, "archived_at"),
    }

    @property
    def columns(self) -> tuple[str, ...]:  # type: ignore[override]
        """Those of Kesher, and the fields of the business's own."""
        return (*self.fixed, *(one.key for one in own_fields("customers")))

    def rows(self, by: Actor) -> QuerySet[Customer]:
        """All but those in the bin."""
        self.members = members_in_files(by)
        return customers_out(by).select_related("source")

    def said(self, rows: Sequence[Customer]) -> Iterator[dict[str, Any]]:
        """All that a line of a file can say of a customer."""
        ids = [row.pk for row in rows]
        points, tags, branches = _points(ids), _names(CustomerTag, "tag", ids), _names(
            CustomerBranch, "branch", ids
        )  # fmt: skip
        for row in rows:
            yield {
                **{name: getattr(row, name) for name in SIMPLE},
                "reference": number_in_files(row.pk, row.reference),
                "source": row.source.name if row.source else "",
                "owner": self.members.get(row.owner_id or 0, ""),
                "tags": tags[row.pk],
                "branches": branches[row.pk],
                "archived": row.archived_at,
                "about": [row.about] if row.about else [],
                **by_key("customers", row.own),
                **points[row.pk],
            }

    def texts(self, column: str, value: Any) -> list[Any]:
        """Choices by their names; contact points as they were typed, else as they are dialled."""
        if (own := own_field("customers", column)) and own.is_chosen:
            several = value if isinstance(value, list) else [value]
            return [*joined([words_of(own, key) for key in several]), *joined(several)]
        if column in CHOICES:
            return [str(CHOICES[column](value).label), value]
        if column == "address":
            return [
                "\n".join(_address_line(one) for one in value),
                "\n".join(one.raw or _address_line(one) for one in value),
            ]
        if column == "about":
            return texts_of(value[0])
        if column in ("phone", "email", "fax", "messenger"):
            return joined([one.raw for one in value])
        return texts_of(value)

    def left(self, by: Actor) -> Iterator[tuple[Any, int]]:
        """What a line of customers has no column for."""
        out = customers_out(by)
        uses = CustomerContact.objects.filter(customer__in=out)
        days = Q(preferred_days=[]) & Q(preferred_from=None) & Q(preferred_until=None)
        yield (
            _("customers in the bin"),
            visible(by, Customer, "export").exclude(binned_at=None).count(),
        )
        yield (
            _("labels and last days of telephones and addresses"),
            uses.exclude(label="", valid_until=None).count(),
        )
        yield (
            _("teams, preferred colleagues and preferred hours of customers"),
            out.exclude(days & Q(team=None) & Q(preferred_member=None)).count(),
        )
        yield _("needs and wishes"), Wish.objects.filter(customer__in=out).count()


CHOICES: dict[str, Any] = {
    "kind": Customer.Kind, "gender": Customer.Gender, "stage": Customer.Stage,
    "language": Language, "preferred_channel": Channel,
}  # fmt: skip


def _address_line(one: Address) -> str:
    parts = [one.street, one.city, one.postcode, one.country]
    return " | ".join([*parts, one.raw] if one.raw else parts)


def _points(ids: Sequence[int]) -> dict[int, dict[str, list[Any]]]:
    """The contact points of customers by their kind, in order."""
    found: dict[int, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    uses = CustomerContact.objects.filter(customer__in=ids).select_related("point")
    for use in uses.order_by("rank", "pk"):
        reading = reading_of(use)
        is_address = reading.kind == ContactPoint.Kind.ADDRESS
        found[use.customer_id][reading.kind].append(_address(reading) if is_address else reading)
    return found


def _address(reading: Reading) -> Address:
    """The address in its parts, with what was typed where the parts don't say the same."""
    parts = Address(reading.street, reading.city, reading.postcode, reading.country)
    if any((parts.street, parts.city, parts.postcode)) and one_line(parts) == reading.raw:
        return parts
    return Address(reading.street, reading.city, reading.postcode, reading.country, raw=reading.raw)


def _names(model: Any, one: str, ids: Iterable[int]) -> dict[int, list[str]]:
    """The names of what customers carry or belong to."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = model.objects.filter(customer__in=ids).values_list("customer_id", f"{one}__name")
    for pk, name in sorted(rows):
        found[pk].append(name)
    return found


@archived
class TiesOut(Archived):
    name = Ties.name
    model = Tie
    hangs_on = "customer_id"
    columns = ("customer", "other", "role", "title", "since", "until")
    told_by = {"since": (Tie, "starts_on"), "until": (Tie, "ends_on")}

    def rows(self, by: Actor) -> QuerySet[Tie]:
        """Those between customers who both go out."""
        out = customers_out(by)
        rows = Tie.objects.filter(customer__in=out, other__in=out)
        return rows.select_related("customer", "other")

    def said(self, rows: Sequence[Tie]) -> Iterator[dict[str, Any]]:
        """What the first is to the second."""
        for row in rows:
            yield {
                "customer": number_in_files(row.customer_id, row.customer.reference),
                "other": number_in_files(row.other_id, row.other.reference),
                "role": row.role, "title": row.title, "since": row.starts_on,
                "until": row.ends_on,
            }  # fmt: skip

    def texts(self, column: str, value: Any) -> list[Any]:
        """The role by its name."""
        return [str(Tie.Role(value).label), value] if column == "role" else texts_of(value)
