"""Which customer a line of a file is about, by number, telephone or e-mail: for kinds above."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, label_of, sight
from kesher.core.among import found_among
from kesher.core.archiving import record_meant
from kesher.core.importing import values as cells
from kesher.core.importing.kinds import Column, Plan, Read
from kesher.core.importing.refusals import LineRefused, shown
from kesher.core.text import fold
from kesher.customers import typed
from kesher.customers.import_columns import COLUMNS
from kesher.customers.import_reading import Ours
from kesher.customers.mergers import survivors_by_number
from kesher.customers.models import Customer, CustomerContact

HEADINGS = {column.name: column for column in COLUMNS}
BY_NUMBER = Column(
    name="customer", label=_("Customer number"), reads=cells.text_of(60),
    known_as=(
        "customer", "customer id", "customerid", "customer no", "client", "client id",
        "client number", "cust id", "reference", "account", "account number", "patient",
        "patient id", "member id", "buyer", "buyer id", "user id",
        "לקוח", "מספר לקוח", "מס לקוח", "קוד לקוח", "מזהה לקוח", "מטופל", "מספר מטופל",
        "πελάτης", "κωδικός πελάτη", "αριθμός πελάτη", "κωδ πελάτη", "ασθενής",
    ),
)  # fmt: skip
BY_ANY = (BY_NUMBER, HEADINGS["phone"], HEADINGS["email"])


class CustomerUnknown(LineRefused):
    message = _("There is no customer with the number “%(number)s”.")


class NobodyReached(LineRefused):
    message = _("There is no customer with “%(what)s”.")


class CustomerInBin(LineRefused):
    message = _("The customer with the number “%(number)s” is in the bin.")


class CustomerNotSaid(LineRefused):
    message = _("The line does not say which customer it is about.")


class SeveralCustomers(LineRefused):
    """A telephone or an address that several customers share: somebody says whose it is here."""

    message = _("%(count)s customers share “%(what)s”. Say whom the line is about.")

    def __init__(self, what: str, candidates: Sequence[tuple[int, str]]):
        super().__init__(count=len(candidates), what=f"\u2068{what}\u2069")
        self.candidates = candidates


class Brief(NamedTuple):
    """A customer by number and name."""

    pk: int
    name: str
    reference: str | None
    binned_at: datetime | None


class Finder:
    """The customers that some lines may be about, asked for in one go.

    `brief` brings of those found by number no more than number and name.
    """

    def __init__(self, by: Actor, lines: Sequence[Read], plan: Plan, *, brief: bool = False):
        self.by, self.plan, self.brief, self.ours = by, plan, brief, Ours(by)
        self.seen = sight(by, Customer)
        said = [each for _line, each in lines]
        self.by_name: dict[str, dict[int, Customer]] = {}
        self.by_number = self._numbered(each["customer"] for each in said if "customer" in each)
        self.by_point: dict[tuple[str, str], dict[int, Customer]] = {}
        for kind in ("phone", "email"):
            points = {p.normal for each in said for p in each.get(kind, ())}
            self._reached(kind, sorted(points))

    def _rows(self, column: str, values: Iterable[Any]) -> list[Any]:
        if not self.brief:
            return found_among(Customer, column, values, where=self.seen)
        rows = found_among(Customer, column, values, *Brief._fields, where=self.seen)
        return [Brief(*row) for row in rows]

    def _numbered(self, numbers: Iterable[str]) -> dict[str, Any]:
        wanted = set(numbers)
        found = {row.reference: row for row in self._rows("reference", wanted)}
        ours = {pk: number for number in wanted if (pk := record_meant(number))}
        for row in self._rows("pk", ours):
            found.setdefault(ours[row.pk], row)
        merged = survivors_by_number(wanted - found.keys())
        there = {row.pk: row for row in self._rows("pk", set(merged.values()))}
        found |= {number: there[pk] for number, pk in merged.items() if pk in there}
        self._named(wanted - found.keys())
        return found

    def _named(self, names: Iterable[str]) -> None:
        """Where lists write the name of the customer instead of his number."""
        keys: dict[str, list[str]] = {}
        for name in names:
            first, last = typed.split_name(name)
            for key in {fold(name)[:200], typed.sort_name(first, last, name)}:
                keys.setdefault(key, []).append(name)
        where = self.seen & Q(binned_at=None)
        for row in found_among(Customer, "sort_name", keys, where=where, order=("pk",)):
            for name in keys[row.sort_name]:
                if fold(row.name) == fold(name):
                    self.by_name.setdefault(name, {})[row.pk] = row

    def _reached(self, kind: str, normals: Sequence[str]) -> None:
        pairs = found_among(
            CustomerContact, "point__normal", normals, "customer_id", "point__normal",
            where=Q(point__kind=kind),
        )  # fmt: skip
        where = self.seen & Q(binned_at=None)
        found = found_among(Customer, "pk", {pk for pk, _normal in pairs}, where=where)
        rows = {row.pk: row for row in found}
        for pk, normal in pairs:
            if pk in rows:
                self.by_point.setdefault((kind, normal), {})[pk] = rows[pk]

    def customer(self, number: int, said: Mapping[str, Any]) -> Any:
        """The customer of the line with this number; refuses one of whom that is not clear."""
        if "customer" in said:
            return self._of_number(number, said["customer"])
        points = [(kind, p) for kind in ("phone", "email") for p in said.get(kind, ())]
        for kind, point in points:
            found = self.by_point.get((kind, point.normal), {})
            if len(found) > 1:
                return self._decided(number, point.raw, found)
            if found:
                return next(iter(found.values()))
        if points:
            raise NobodyReached(what=f"\u2068{shown(points[0][1].raw)}\u2069")
        raise CustomerNotSaid

    def _of_number(self, line: int, number: str) -> Any:
        customer = self.by_number.get(number)
        named = self.by_name.get(number, {})
        if customer is None and len(named) == 1:
            return next(iter(named.values()))
        if customer is None and named:
            return self._decided(line, number, named)
        if customer is None:
            raise CustomerUnknown(number=shown(number))
        if customer.binned_at is not None:
            raise CustomerInBin(number=shown(number))
        return customer

    def _decided(self, number: int, what: str, found: Mapping[int, Customer]) -> Customer:
        said = self.plan.options.get("decided", {}).get(str(number))
        if said in found:
            return found[said]
        raise SeveralCustomers(
            shown(what), [(pk, label_of(self.by, one)) for pk, one in sorted(found.items())]
        )
