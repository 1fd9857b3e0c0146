"""How customers are found: by who and where they are; by phone, e-mail or wish if cleared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kesher.core.access import MASK, OPEN, Actor, guard
from kesher.core.among import found_among
from kesher.core.own.index import texts_by_class
from kesher.core.phones import show_phone
from kesher.core.search import Piece, Searchable, searchable
from kesher.customers.match_keys import FEW, await_comparison, write_keys
from kesher.customers.match_records import EMPLOYED, EMPLOYER
from kesher.customers.models import (
    ContactPoint,
    Customer,
    CustomerContact,
    CustomerTag,
    Tie,
    Wish,
)
from kesher.customers.policy import CONTACT, PERSONAL
from kesher.organization.queries import business

Kind = ContactPoint.Kind
LIVE = Q(binned_at__isnull=True)
SUNK = -20  # an archived customer comes after those we serve


@searchable
class CustomerSearch(Searchable):
    kind = "customer"
    model = Customer

    def pieces(self, ids: Sequence[int]) -> Iterable[Piece]:
        """An open piece, one for each way to reach him, and one for each classification more."""
        columns = ("pk", "name", "reference", "city", "archived_at", "own")
        rows = found_among(Customer, "pk", ids, *columns, where=LIVE)
        texts, notes, contacts = _texts(ids), _wishes(ids), _contacts(ids)
        for pk, name, reference, city, archived_at, held in rows:
            weight = SUNK if archived_at else 0
            own = texts_by_class("customers", held)
            more = tuple(filter(None, (reference, city, *texts[pk], *own.pop(OPEN, ()))))
            yield Piece(pk, names=(name,), texts=more, weight=weight)
            if pk in contacts:
                yield replace(contacts[pk], notes=own.pop(CONTACT, ()))
            if notes[pk]:
                own[PERSONAL] = [*notes[pk], *own.get(PERSONAL, ())]
            for classification, said in own.items():
                yield Piece(pk, classification, notes=said, weight=weight - 10)

    def live(self, rows: QuerySet) -> QuerySet:
        """Customers in the bin are not found."""
        return rows.filter(LIVE)

    def follow(self, ids: Sequence[int]) -> None:
        """The keys by which doubles are found; of many at once a job writes them soon after."""
        if len(ids) <= FEW:
            write_keys(ids)
        await_comparison(ids)

    def lines(self, actor: Actor, records: Sequence[Customer]) -> list[tuple[str, str]]:
        """The name, and how to reach the customer as far as the actor may read it."""
        region = business().country if records else ""
        return [_line(seen, region) for seen in guard(actor, records)]


def _line(seen: Any, region: str) -> tuple[str, str]:
    phone = show_phone(seen.phone, region) if seen.phone and seen.phone != MASK else ""
    is_archived = _("archived") if seen.archived_at else ""
    parts = (seen.city, phone, seen.reference or "", is_archived)
    return str(seen), " · ".join(filter(None, parts))


def _texts(ids: Sequence[int]) -> dict[int, list[str]]:
    texts: dict[int, list[str]] = defaultdict(list)
    for pk, tag in found_among(CustomerTag, "customer", ids, "customer_id", "tag__name"):
        texts[pk].append(tag)
    for pk, employer in found_among(Tie, "customer", ids, *EMPLOYER, where=EMPLOYED):
        texts[pk].append(employer)
    return texts


def _wishes(ids: Sequence[int]) -> dict[int, list[str]]:
    """What they need or wish and have not got yet."""
    notes: dict[int, list[str]] = defaultdict(list)
    is_open = Q(met_on__isnull=True)
    for pk, text in found_among(Wish, "customer", ids, "customer_id", "text", where=is_open):
        notes[pk].append(text)
    return notes


def _contacts(ids: Sequence[int]) -> dict[int, Piece]:
    phones: dict[int, list[str]] = defaultdict(list)
    texts: dict[int, list[str]] = defaultdict(list)
    columns = ("customer_id", "point__kind", "point__normal", "raw")
    uses = found_among(CustomerContact, "customer", ids, *columns, order=("rank", "pk"))
    for pk, kind, normal, raw in uses:
        if kind in (Kind.PHONE, Kind.FAX):
            phones[pk].append(normal)
        else:
            texts[pk].append(raw if kind == Kind.ADDRESS else normal)
    return {
        pk: Piece(pk, CONTACT, texts=tuple(texts[pk]), phones=tuple(phones[pk]))
        for pk in sorted({*phones, *texts})
    }
