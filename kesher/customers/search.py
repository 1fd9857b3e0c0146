"""How customers are found: by name, number, place, tag and employer; by phone and e-mail if cleared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from kesher.core.access import Actor, guard
from kesher.core.phones import national_digits
from kesher.core.search import Piece, Searchable, searchable
from kesher.customers.models import ContactPoint, Customer, CustomerContact, CustomerTag, Tie
from kesher.customers.policy import CONTACT
from kesher.organization.queries import business

Kind = ContactPoint.Kind


@searchable
class CustomerSearch(Searchable):
    kind = "customer"
    model = Customer

    def pieces(self, ids: Sequence[int]) -> Iterable[Piece]:
        """One open piece and, where there is a way to reach the customer, one for that."""
        texts = _texts(ids)
        rows = Customer.objects.filter(pk__in=ids)
        for pk, name, reference, city in rows.values_list("pk", "name", "reference", "city"):
            more = filter(None, (reference, city, *texts[pk]))
            yield Piece(record_id=pk, names=(name,), texts=tuple(more))
        yield from _contacts(ids)

    def live(self, rows: QuerySet) -> QuerySet:
        """Customers in the bin are not found."""
        return rows.filter(binned_at__isnull=True)

    def hit(self, actor: Actor, record: Customer) -> tuple[str, str]:
        """The name, and how to reach the customer as far as the actor may read it."""
        seen = guard(actor, record)
        parts = (seen.city, seen.phone if record.phone else "", seen.reference or "")
        return str(seen), " · ".join(filter(None, parts))


def _texts(ids: Sequence[int]) -> dict[int, list[str]]:
    texts: dict[int, list[str]] = defaultdict(list)
    for pk, tag in CustomerTag.objects.filter(customer__in=ids).values_list(
        "customer_id", "tag__name"
    ):
        texts[pk].append(tag)
    jobs = Tie.objects.filter(customer__in=ids, role=Tie.Role.EMPLOYEE, ends_on__isnull=True)
    for pk, employer in jobs.values_list("customer_id", "other__name"):
        texts[pk].append(employer)
    return texts


def _contacts(ids: Sequence[int]) -> Iterable[Piece]:
    region = business().country
    phones: dict[int, list[tuple[str, str]]] = defaultdict(list)
    texts: dict[int, list[str]] = defaultdict(list)
    uses = CustomerContact.objects.filter(customer__in=ids).order_by("rank", "pk")
    for pk, kind, normal, raw in uses.values_list(
        "customer_id", "point__kind", "point__normal", "raw"
    ):
        if kind in (Kind.PHONE, Kind.FAX):
            number = normal.split(";")[0]
            phones[pk].append((number, national_digits(number, region)))
        else:
            texts[pk].append(raw if kind == Kind.ADDRESS else normal)
    for pk in sorted({*phones, *texts}):
        yield Piece(pk, CONTACT, texts=tuple(texts[pk]), phones=tuple(phones[pk]))
