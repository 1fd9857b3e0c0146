from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import AccessDenied, Actor, Scope, require_kind, sight
from kesher.core.among import found_among
from kesher.core.bulk import insert_rows
from kesher.core.changes import new_batch, number_of_change, record_changes
from kesher.core.events import announce
from kesher.core.own.index import by_key, find_by_own, with_defaults
from kesher.core.refusal import Refusal
from kesher.core.search import index
from kesher.customers import points, typed
from kesher.customers.events import CustomerAdded, CustomersImported
from kesher.customers.models import (
    ContactPoint,
    Customer,
    CustomerBranch,
    CustomerContact,
    CustomerTag,
    Source,
    Tag,
)
from kesher.customers.points import Address, Reading
from kesher.organization.models import Branch, Member, Team
from kesher.organization.queries import business

CHUNK = 1000
CONTACT_COLUMNS = ("customer", "point", "raw", "rank", "label")
N = TypeVar("N", bound=models.Model)
KEPT = (  # columns of a new customer that its first Change remembers when they hold anything
    "kind", "first_name", "last_name", "name", "reference", "gender", "birth_on", "language",
    "phone", "email", "city", "preferred_channel", "preferred_member", "preferred_days",
    "preferred_from", "preferred_until", "owner", "team", "source", "stage", "since_on",
    "about",
)  # fmt: skip


USUAL = {f.attname: f.get_default() for f in Customer._meta.concrete_fields}
COLUMNS = [(f.name, f.attname) for f in Customer._meta.concrete_fields if f.name in KEPT]


class NumberTaken(Refusal):
    """Two customers with one customer number."""

    message = _("Customer number “%(number)s” belongs to another customer already.")


@dataclass
class NewCustomer:
    """All that may be said of a customer when he is added; what is not known stays empty."""

    kind: str = Customer.Kind.PERSON
    first_name: str = ""
    last_name: str = ""
    name: str = ""
    reference: str = ""
    gender: str = ""
    birth_on: datetime.date | None = None
    language: str = ""
    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    faxes: list[str] = field(default_factory=list)
    messengers: list[str] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    points: list[Reading] = field(default_factory=list)  # of any kind, where they are read already
    city: str = ""
    preferred_channel: str = ""
    preferred_member: Member | None = None
    preferred_days: list[int] = field(default_factory=list)
    preferred_from: datetime.time | None = None
    preferred_until: datetime.time | None = None
    owner: Member | None = None
    team: Team | None = None
    branches: list[Branch] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    source: str = ""
    stage: str = Customer.Stage.PROSPECT
    since_on: datetime.date | None = None
    about: str = ""
    own: dict[str, Any] = field(default_factory=dict)  # fields of the business's own, by key


@transaction.atomic
def add_customers(
    *, by: Actor, customers: Sequence[NewCustomer], batch: str = "", is_demo: bool = False
) -> list[Customer]:
    """Take in many customers at once, with how to reach them and where they belong."""
    require_kind(by, "add", Customer)
    region = business().country
    read = [(_record(by, new, is_demo), new, _readings(new, region)) for new in customers]
    _refuse_taken_numbers([record for record, _new, _points in read])
    batch = batch or new_batch()
    names = _Names(customers, is_demo)
    for at in range(0, len(read), CHUNK):
        _save(by, read[at : at + CHUNK], names, batch)
    added = [record for record, _new, _points in read]
    _require_added(by, added)
    _announce_added(by, added, batch)
    return added


def add_customer(*, by: Actor, customer: NewCustomer, batch: str = "") -> Customer:
    """Take in one customer."""
    return add_customers(by=by, customers=[customer], batch=batch)[0]


def _record(by: Actor, new: NewCustomer, is_demo: bool) -> Customer:
    kind = typed.checked_choice("kind", new.kind)
    first, last, shown = typed.named(
        kind, typed.line(new.first_name), typed.line(new.last_name), typed.line(new.name)
    )
    is_own = by.scope(Customer, "add") == Scope.OWN and not by.is_system
    return _made(
        kind=kind,
        first_name=first,
        last_name=last,
        name=shown,
        sort_name=typed.sort_name(first, last, shown),
        reference=typed.checked_text("reference", new.reference) or None,
        gender=typed.checked_choice("gender", new.gender),
        birth_on=typed.checked_day("birth_on", new.birth_on),
        language=typed.checked_choice("language", new.language),
        city=typed.checked_text("city", new.city),
        preferred_channel=typed.checked_choice("preferred_channel", new.preferred_channel),
        preferred_member_id=new.preferred_member.pk if new.preferred_member else None,
        preferred_days=typed.checked_days(new.preferred_days),
        preferred_from=new.preferred_from,
        preferred_until=new.preferred_until,
        owner_id=new.owner.pk if new.owner else by.member_id if is_own else None,
        team_id=new.team.pk if new.team else None,
        stage=typed.checked_choice("stage", new.stage),
        since_on=typed.checked_day("since_on", new.since_on),
        about=typed.checked_text("about", new.about),
        own=with_defaults("customers", new.own),
        is_demo=is_demo,
    )


def _made(**values: Any) -> Customer:
    """A customer of these values; naming them to Django one by one takes twice as long."""
    return Customer(*[values.get(name, usual) for name, usual in USUAL.items()])


def _readings(new: NewCustomer, region: str) -> list[Reading]:
    """The contact points in order, each once."""
    kinds = ContactPoint.Kind
    typed_points: list[tuple[str, Any]] = [
        *((kinds.PHONE, phone) for phone in new.phones),
        *((kinds.EMAIL, email) for email in new.emails),
        *((kinds.FAX, fax) for fax in new.faxes),
        *((kinds.MESSENGER, name) for name in new.messengers),
        *((kinds.ADDRESS, address) for address in new.addresses),
    ]
    read = {reading.key: reading for reading in new.points}
    for kind, one in typed_points:
        if one:
            reading = points.read_point(kind, one, region)
            read.setdefault(reading.key, reading)
    return list(read.values())


def _refuse_taken_numbers(records: Iterable[Customer]) -> None:
    numbers = [record.reference for record in records if record.reference]
    seen: set[str] = set()
    for number in numbers:
        if number in seen:
            raise NumberTaken(number=number)
        seen.add(number)
    for held in found_among(Customer, "reference", numbers, "reference")[:1]:
        raise NumberTaken(number=held)


class _Names:
    """Rows of tags and sources by their names, made where they are new."""

    def __init__(self, customers: Sequence[NewCustomer], is_demo: bool):
        tags = {name for new in customers for name in new.tags}
        self.tags = _rows_by_name(Tag, tags, is_demo)
        self.sources = _rows_by_name(Source, {new.source for new in customers}, is_demo)


def _rows_by_name(model: type[N], names: Iterable[str], is_demo: bool) -> dict[str, N]:
    kept = {name: word for name in names if (word := typed.fitted(model, "name", name))}
    wanted = set(kept.values())
    rows = {str(row): row for row in found_among(model, "name", wanted)}
    missing = sorted(wanted - rows.keys())
    if missing:
        model._default_manager.bulk_create(
            (model(name=name, is_demo=is_demo) for name in missing), ignore_conflicts=True
        )
        rows |= {str(row): row for row in found_among(model, "name", missing)}
    return {name: rows[word] for name, word in kept.items()}


def _save(by: Actor, read: Sequence, names: _Names, batch: str) -> None:
    rows = points.rows_for(reading for _record, _new, readings in read for reading in readings)
    for record, new, readings in read:
        record.source = names.sources.get(new.source)
        _denormalise(record, readings)
    records = [record for record, _new, _readings in read]
    _insert(records)
    find_by_own(records)
    insert_rows(CustomerContact, CONTACT_COLUMNS, (use for one in read for use in _uses(one, rows)))
    insert_rows(
        CustomerBranch,
        ("customer", "branch"),
        ((record.pk, pk) for record, new, _points in read for pk in _branches(by, new)),
    )
    insert_rows(
        CustomerTag,
        ("customer", "tag"),
        ((record.pk, pk) for record, new, _points in read for pk in _tags(new, names)),
    )
    record_changes(
        by=by,
        rows=(
            (
                one,
                None,
                {n: held for n, column in COLUMNS if (held := getattr(one, column))}
                | by_key("customers", one.own),
            )
            for one in records
        ),
        batch=batch,
    )
    index("customer", [record.pk for record in records], fresh=True)


def _denormalise(record: Customer, readings: Iterable[Reading]) -> None:
    for reading in readings:
        if reading.kind == ContactPoint.Kind.PHONE and not record.phone:
            record.phone = reading.normal[:40]
        elif reading.kind == ContactPoint.Kind.EMAIL and not record.email:
            record.email = reading.normal
        elif reading.city and not record.city:
            record.city = reading.city


def _insert(records: Sequence[Customer]) -> None:
    by_database = ("id", "created_at")
    names = [f.attname for f in Customer._meta.concrete_fields if f.attname not in by_database]
    rows = [[getattr(record, name) for name in names] for record in records]
    columns = [name.removesuffix("_id") for name in names]
    numbers = insert_rows(Customer, columns, rows, returning=True)
    for record, number in zip(records, numbers, strict=True):
        record.pk = number
        record._state.adding = False


def _uses(one: tuple[Customer, NewCustomer, list[Reading]], rows: dict) -> Iterable[tuple]:
    record, _new, readings = one
    ranks: dict[str, int] = {}
    for reading in readings:
        rank = ranks[reading.kind] = ranks.get(reading.kind, -1) + 1
        yield record.pk, rows[reading.key], reading.raw, rank, ""


def _branches(by: Actor, new: NewCustomer) -> list[int]:
    return sorted({branch.pk for branch in new.branches} or by.branches)


def _tags(new: NewCustomer, names: _Names) -> list[int]:
    return sorted({names.tags[name].pk for name in new.tags if name in names.tags})


def _require_added(by: Actor, added: Sequence[Customer]) -> None:
    if by.scope(Customer, "add") == Scope.ALL:
        return
    ids = [record.pk for record in added]
    if len(found_among(Customer, "pk", ids, "pk", where=sight(by, Customer, "add"))) != len(ids):
        raise AccessDenied(f"{by.label} may not add all of these customers")


def _announce_added(by: Actor, added: Sequence[Customer], batch: str) -> None:
    if len(added) == 1:
        announce(CustomerAdded(customer_id=added[0].pk), by=by, about=added[0])
        return
    for at in range(0, len(added), CHUNK):
        first = number_of_change(Customer, added[at].pk, batch)
        announce(CustomersImported(first_change_id=first), by=by)
