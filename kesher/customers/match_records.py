"""Customers as the matcher reads them: names, all their numbers, where they live and work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q

from kesher.core.among import found_among
from kesher.core.matching.records import FORMS, Record, record
from kesher.core.text import words
from kesher.customers.models import ContactPoint, Customer, CustomerContact, Tie

Kind = ContactPoint.Kind
MOST_POINTS = 4  # numbers or e-mails of one customer that are compared
COLUMNS = ("pk", "kind", "first_name", "last_name", "name", "birth_on", "city", "binned_at")


@dataclass(frozen=True)
class Known:
    """One customer; those who have several numbers are compared by the one that both have."""

    number: int
    kind: str
    records: tuple[Record, ...]  # alike but for telephone and e-mail; the first has the first
    is_binned: bool = False

    def facing(self, other: Known) -> tuple[Record, Record]:
        """The records of both that have the most in common."""
        if len(self.records) == len(other.records) == 1:
            return self.records[0], other.records[0]
        return max(
            ((a, b) for a in self.records for b in other.records),
            key=lambda pair: _in_common(*pair),
        )


@dataclass
class Said:
    """What is known of a customer, before it is read."""

    kind: str = Customer.Kind.PERSON
    first_name: str = ""
    last_name: str = ""
    name: str = ""
    birth_date: str = ""
    city: str = ""
    street: str = ""
    company: str = ""
    is_binned: bool = False
    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)


def known(number: int, said: Said) -> Known:
    """Read what is known of a customer."""
    phones, emails = said.phones[:MOST_POINTS] or [""], said.emails[:MOST_POINTS] or [""]
    rows = [{"phone": phone, "email": emails[0]} for phone in phones]
    rows += [{"phone": phones[0], "email": email} for email in emails[1:]]
    if len(phones) > 1 < len(emails):
        rows += [{"phone": p, "email": e} for p in phones[1:] for e in emails[1:]]
    whole = {
        **_names(said), "rec_id": str(number), "birth_date": said.birth_date, "city": said.city,
        "street": said.street, "company": said.company,
    }  # fmt: skip
    first = record({**whole, **rows[0]})
    records = (first, *(_with(first, whole, row) for row in rows[1:]))
    return Known(number, said.kind, records, said.is_binned)


def _with(first: Record, whole: Mapping[str, str], row: Mapping[str, str]) -> Record:
    other = record({"rec_id": whole["rec_id"], **row})
    return replace(
        first, phone=other.phone, email=other.email, local=other.local, mailed=other.mailed,
        employer=other.employer,
    )  # fmt: skip


def _names(said: Said) -> dict[str, str]:
    """Given and family name; a company or household has the words of its name for both."""
    if said.kind == Customer.Kind.PERSON:
        last = said.last_name if said.first_name or said.last_name else said.name
        return {"first_name": said.first_name, "last_name": last}
    plain = [word for word in words(said.name) if word not in FORMS] or words(said.name)
    return {"first_name": " ".join(plain[:1]), "last_name": " ".join(plain[1:] or plain)}


def _in_common(a: Record, b: Record) -> tuple[int, int]:
    same = (a.phone != "" and a.phone == b.phone) + (a.email != "" and a.email == b.email)
    return same, bool(a.local and a.local == b.local)


def known_customers(numbers: Collection[int]) -> dict[int, Known]:
    """Customers by number, as they are now."""
    said: dict[int, Said] = {}
    rows = found_among(Customer, "pk", numbers, *COLUMNS)
    for pk, kind, first, last, name, birth_on, city, binned_at in rows:
        birth = birth_on.isoformat() if birth_on else ""
        said[pk] = Said(kind, first, last, name, birth, city, is_binned=binned_at is not None)
    _reach(said)
    jobs = found_among(Tie, "customer", said, *EMPLOYER, where=EMPLOYED, order=("-pk",))
    for pk, employer in jobs:
        said[pk].company = employer
    return {pk: known(pk, one) for pk, one in said.items()}


EMPLOYED = Q(role=Tie.Role.EMPLOYEE, ends_on__isnull=True)
EMPLOYER = ("customer_id", "other__name")
POINT = ("customer_id", "point__kind", "point__normal", "point__street", "point__city")


def _reach(said: Mapping[int, Said]) -> None:
    kept: dict[int, list[Sequence[Any]]] = defaultdict(list)
    uses = found_among(CustomerContact, "customer", said, *POINT, order=("rank", "pk"))
    for pk, *point in uses:
        kept[pk].append(point)
    for pk, points in kept.items():
        one = said[pk]
        one.phones = [normal.partition(";")[0] for kind, normal, *_ in points if kind == Kind.PHONE]
        one.emails = [normal for kind, normal, *_rest in points if kind == Kind.EMAIL]
        for kind, _normal, street, city in points:
            if kind == Kind.ADDRESS:
                one.street, one.city = one.street or street, one.city or city
