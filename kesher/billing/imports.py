"""Purchases from a file: each line finds its customer by number and is taken once.

Most files give a line no name of its own. So it goes by what it says and how often the same was
said before it in the file: two equal lines are two purchases, the same file again is none.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.billing import ledger
from kesher.billing.commands.correcting import correct_purchase, remove_purchases
from kesher.billing.commands.recording import NewPurchase, record_purchases
from kesher.billing.models import Purchase
from kesher.catalog.writing import LONGEST as LONGEST_NAME
from kesher.core.access import Actor, require_kind
from kesher.core.importing import values as cells
from kesher.core.importing.kinds import (
    Column,
    Importable,
    Outcome,
    Plan,
    Read,
    Verdict,
    importable,
    refused,
)
from kesher.core.importing.memory import Memory
from kesher.core.importing.reading import Line
from kesher.core.importing.refusals import CellMissing
from kesher.core.importing.values import Place
from kesher.core.models import Change
from kesher.core.refusal import Refusal
from kesher.core.undo import Undone, undo_in_steps
from kesher.customers.import_finding import BY_NUMBER, Finder
from kesher.customers.imports import place_of_business

AT_ONCE = 400
# What a line with a receipt may correct, and the column that says it.
SAID = {"bought_on": "date", "amount": "amount", "quantity": "quantity", "product": "item"}


@dataclass(frozen=True)
class Wanted:
    """A line as it will stand in the ledger, what it says, and what is there under its key."""

    new: NewPurchase
    said: Mapping[str, Any]
    held: Purchase | None = None


@importable
class Purchases(Importable):
    name = "purchases"
    label = _("purchases")
    columns = (
        BY_NUMBER,
        Column(
            name="date", label=_("Date"), is_day=True,
            reads=cells.day_between(ledger.EARLIEST, 366),
            known_as=(
                "bought on", "purchase date", "order date", "invoice date", "transaction date",
                "sale date", "day", "datetime", "תאריך", "תאריך רכישה", "תאריך קנייה",
                "תאריך קניה", "תאריך חשבונית", "תאריך עסקה", "ημερομηνία", "ημ νία",
                "ημερομηνία αγοράς", "ημερομηνία παραγγελίας", "ημερομηνία τιμολογίου",
            ),
        ),
        Column(
            name="amount", label=_("Amount"), reads=cells.read_amount,
            known_as=(
                "total", "sum", "amount paid", "paid", "revenue", "value", "dollar value", "sales",
                "line total", "net amount", "total amount", "סכום", "סהכ", "סכום ששולם",
                "סך הכל", "סכום כולל", "סכום לתשלום", "שולם", "ποσό", "σύνολο", "αξία",
                "συνολικό ποσό", "πληρωμή",
            ),
        ),
        Column(
            name="item", label=_("Product or service"), reads=cells.text_of(LONGEST_NAME),
            known_as=(
                "item", "product", "service", "description", "item name", "product name",
                "treatment", "פריט", "מוצר", "שירות", "תיאור", "תאור", "טיפול", "שם מוצר",
                "שם פריט", "προϊόν", "είδος", "υπηρεσία", "περιγραφή", "θεραπεία",
            ),
        ),
        Column(
            name="quantity", label=_("Quantity"), reads=cells.read_number,
            known_as=(
                "qty", "units", "pieces", "count", "number of items", "number of cds",
                "כמות", "יחידות", "ποσότητα", "τεμάχια", "τεμ",
            ),
        ),
        Column(
            name="currency", label=_("Currency"), reads=cells.text_of(10),
            known_as=("currency code", "amount currency", "מטבע", "νόμισμα"),
        ),
        Column(
            name="number", label=_("Receipt number"), reads=cells.text_of(60),
            known_as=(
                "receipt", "invoice", "invoice no", "invoice number", "order", "order id",
                "order number", "order no", "transaction id", "transaction", "document number",
                "קבלה", "מספר קבלה", "חשבונית", "מספר חשבונית", "מספר הזמנה", "הזמנה", "אסמכתא",
                "απόδειξη", "αριθμός απόδειξης", "τιμολόγιο", "αριθμός τιμολογίου", "παραγγελία",
                "αριθμός παραγγελίας",
            ),
        ),
    )  # fmt: skip
    needs = (("customer",), ("date",), ("amount",))

    def place(self, by: Actor) -> Place:
        return place_of_business()

    def require(self, by: Actor) -> None:
        require_kind(by, "add", Purchase)

    def judge(
        self, by: Actor, lines: Sequence[Read], plan: Plan, memory: Memory, place: Place
    ) -> list[Verdict]:
        finder = Finder(by, lines, plan)
        verdicts = [_read(line, said, finder, memory, place) for line, said in lines]
        held = _held([v.wanted.new.key for v in verdicts if v.wanted])
        for verdict in verdicts:
            if verdict.wanted and (there := held.get(verdict.wanted.new.key)):
                _compare(verdict, there)
        return verdicts

    def write(self, by: Actor, verdicts: Sequence[Verdict], plan: Plan, memory: Memory) -> None:
        new = [v.wanted.new for v in verdicts if v.outcome == Outcome.CREATED]
        if new:
            record_purchases(by=by, purchases=new, batch=plan.batch)
        for verdict in verdicts:
            if verdict.outcome == Outcome.UPDATED:
                wanted: Wanted = verdict.wanted
                said = {name for name, key in SAID.items() if key in wanted.said}
                values = {name: getattr(wanted.new, name) for name in said}
                correct_purchase(by=by, purchase=wanted.held, values=values, batch=plan.batch)

    def undo(self, by: Actor, batch: str, into: str) -> Iterator[Undone]:
        """Strike out the lines it wrote, many at once; give corrected ones their former values."""
        while rows := list(Purchase.objects.filter(batch=batch).order_by("pk")[:AT_ONCE]):
            yield Undone(batch=into, restored=remove_purchases(by=by, purchases=rows, batch=into))
        if Change.objects.filter(kind=Purchase._meta.label_lower, batch=batch).exists():
            yield from undo_in_steps(by=by, batch=batch, into=into)


def _read(
    line: Line, said: Mapping[str, Any], finder: Finder, memory: Memory, place: Place
) -> Verdict:
    """The line as it would be written, or why not."""
    try:
        _must_be_whole(said)
        customer = finder.customer(line.number, said)
        new = _new(said, customer.pk, memory, place)
    except Refusal as refusal:
        return refused(line, refusal)
    title = f"{customer.name} · {new.bought_on.isoformat()} · {new.amount}"
    return Verdict(line, Outcome.CREATED, title=title, wanted=Wanted(new, said))


def _must_be_whole(said: Mapping[str, Any]) -> None:
    for column in Purchases.columns:
        if (column.name,) in Purchases.needs and column.name not in said:
            raise CellMissing(column=str(column.label))


def _new(said: Mapping[str, Any], customer_id: int, memory: Memory, place: Place) -> NewPurchase:
    amount: cells.Amount = said["amount"]
    currency = cells.currency_named(said.get("currency", "")) or amount.currency or place.currency
    if currency != place.currency:
        raise ledger.OtherCurrency(theirs=currency, ours=place.currency)
    return NewPurchase(
        customer_id=customer_id,
        bought_on=said["date"],
        amount=ledger.checked_amount(amount.number, place.currency),
        product=said.get("item", ""),
        quantity=ledger.checked_quantity(said.get("quantity", Decimal(1))),
        key=_key(said, amount.number, memory),
    )


def _key(said: Mapping[str, Any], amount: Decimal, memory: Memory) -> str:
    """The name of a line: its receipt, else all that it says; and its turn among equal ones."""
    if "number" in said:
        parts = ["number", said["number"], said["customer"]]
    else:
        day: datetime.date = said["date"]
        quantity = said.get("quantity", Decimal(1)).normalize()
        parts = ["line", said["customer"], day.isoformat(), str(amount.normalize()),
                 said.get("item", ""), str(quantity)]  # fmt: skip
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).digest()
    return f"{digest.hex()[:48]}-{memory.met(digest)}"


def _held(keys: Sequence[str]) -> dict[str, Purchase]:
    held: dict[str, Purchase] = {}
    for at in range(0, len(keys), AT_ONCE):
        rows = Purchase.objects.filter(key__in=keys[at : at + AT_ONCE])
        held |= {row.key: row for row in rows.select_related("product")}
    return held


def _compare(verdict: Verdict, held: Purchase) -> None:
    """A line that is known changes nothing, or corrects what its receipt said before."""
    wanted: Wanted = verdict.wanted
    there = {name: getattr(held, name) for name in SAID}
    there["product"] = held.product.name if held.product else ""
    labels = {column.name: str(column.label) for column in Purchases.columns}
    verdict.changes = [
        (labels[key], str(there[name]), str(getattr(wanted.new, name)))
        for name, key in SAID.items()
        if key in wanted.said and there[name] != getattr(wanted.new, name)
    ]
    verdict.outcome = Outcome.UPDATED if verdict.changes else Outcome.UNCHANGED
    verdict.wanted = Wanted(wanted.new, wanted.said, held)
