"""Purchases from a file: each line finds its customer by number and is taken once.

Most files give a line no name of its own. So it goes by what it says and how often the same was
said before it in the file: two equal lines are two purchases, the same file again is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from kesher.billing import ledger
from kesher.billing.commands.correcting import correct_purchase, remove_purchases
from kesher.billing.commands.recording import NewPurchase, record_purchases
from kesher.billing.models import KEYED, Purchase
from kesher.catalog.writing import LONGEST as LONGEST_NAME
from kesher.core.access import Actor, require_kind
from kesher.core.among import found_among
from kesher.core.archiving import RECORD, record_meant
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
ONE = Decimal(1)
NEEDED = frozenset({"customer", "date", "amount"})
# What a line with a receipt may correct, and the column that says it.
SAID = {"bought_on": "date", "amount": "amount", "quantity": "quantity", "product": "item"}


@dataclass(slots=True)
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
        RECORD,
    )  # fmt: skip
    needs = tuple((name,) for name in ("customer", "date", "amount"))

    def place(self, by: Actor) -> Place:
        return place_of_business()

    def require(self, by: Actor) -> None:
        require_kind(by, "add", Purchase)

    def judge(
        self, by: Actor, lines: Sequence[Read], plan: Plan, memory: Memory, place: Place
    ) -> list[Verdict]:
        finder = Finder(by, lines, plan, brief=True)
        verdicts = [_read(line, said, finder, place) for line, said in lines]
        wanted = [verdict for verdict in verdicts if verdict.wanted]
        _name([verdict.wanted for verdict in wanted], memory)
        held = _held([verdict.wanted.new.key for verdict in wanted])
        for verdict in wanted:
            if there := held.get(verdict.wanted.new.key):
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


def _read(line: Line, said: Mapping[str, Any], finder: Finder, place: Place) -> Verdict:
    """The line as it would be written, or why not; its key may be missing still."""
    try:
        if not said.keys() >= NEEDED:
            raise CellMissing(column=_missing(said))
        customer = finder.customer(line.number, said)
        new = _new(said, customer.pk, place)
    except Refusal as refusal:
        return refused(line, refusal)
    title = f"{customer.name} · {date_format(new.bought_on)} · {new.amount}"
    return Verdict(line, Outcome.CREATED, title=title, wanted=Wanted(new, said))


def _missing(said: Mapping[str, Any]) -> Any:
    """The first column that the line must fill and does not."""
    missing = NEEDED - said.keys()
    return next(column.label for column in Purchases.columns if column.name in missing)


def _new(said: Mapping[str, Any], customer_id: int, place: Place) -> NewPurchase:
    amount: cells.Amount = said["amount"]
    currency = amount.currency or place.currency
    if "currency" in said:
        currency = cells.currency_named(said["currency"]) or currency
    if currency != place.currency:
        raise ledger.OtherCurrency(theirs=currency, ours=place.currency)
    return NewPurchase(
        customer_id=customer_id,
        bought_on=said["date"],
        amount=ledger.checked_amount(amount.number, place.currency),
        product=said.get("item", ""),
        quantity=ledger.checked_quantity(said.get("quantity", ONE)),
        key=str(said.get("record", "")),
    )


def _name(wanted: Sequence[Wanted], memory: Memory) -> None:
    """Give each line its key: what it was where it comes from, else what it says."""
    nameless = [one for one in wanted if not one.new.key]
    names = memory.names_of([_said(one) for one in nameless])
    for one, name in zip(nameless, names, strict=True):
        one.new.key = name


def _said(wanted: Wanted) -> tuple[Any, ...]:
    """What a line goes by: its receipt, else all that it says."""
    said = wanted.said
    if "number" in said:
        return ("number", said["number"], said["customer"])
    quantity = _shortest(said.get("quantity", ONE))
    amount = _shortest(said["amount"].number)
    return ("line", said["customer"], said["date"], amount, said.get("item", ""), quantity)


@lru_cache(maxsize=ledger.KEPT)
def _shortest(number: Decimal) -> str:
    return str(number.normalize())


def _held(keys: Sequence[str]) -> dict[str, Purchase]:
    with_product = ("product",)
    rows = found_among(Purchase, "key", keys, where=KEYED, related=with_product)
    held = {row.key: row for row in rows}
    ours = {pk: key for key in keys if (pk := record_meant(key))}
    for row in found_among(Purchase, "pk", ours, related=with_product):
        held.setdefault(ours[row.pk], row)
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
