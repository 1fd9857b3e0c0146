"""Products and prices from a file: found by code, else by name.

A price counts from the day that the line names; where it names none, from today, and only if today
something else is asked. So the same file again changes nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from kesher.catalog.commands.adding import NewProduct, add_whole_products
from kesher.catalog.commands.changing import change_product, set_price, unarchive_product
from kesher.catalog.models import Price, Product
from kesher.catalog.writing import (
    EARLIEST,
    LONGEST,
    LONGEST_TEXT,
    PriceInOtherCurrency,
    ProductCodeTaken,
    ProductNameMissing,
    checked_amount,
    checked_line,
    checked_name,
)
from kesher.core.access import Actor, require_kind, visible
from kesher.core.importing import values as cells
from kesher.core.importing.kinds import (
    Column,
    Importable,
    Outcome,
    Plan,
    Read,
    Verdict,
    column_of,
    importable,
    refused,
)
from kesher.core.importing.memory import Memory
from kesher.core.importing.reading import Line
from kesher.core.importing.refusals import SaidOtherwise
from kesher.core.importing.values import Place
from kesher.core.refusal import Refusal
from kesher.core.search import indexed_once
from kesher.core.text import fold
from kesher.customers.imports import place_of_business

TEXTS = ("name", "code", "unit", "description")
Days = dict[datetime.date, Decimal]


@dataclass
class Held:
    """What is known of a product: in the database, and from earlier lines of the file."""

    pk: int | None = None
    line: int | None = None  # of this file, that spoke of it before
    entry: int | None = None  # in the memory of the file
    values: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)  # what that line gave
    days: Days = field(default_factory=dict)  # price by the day it begins
    said: Days = field(default_factory=dict)  # the prices that the file gave
    is_archived: bool = False


@dataclass
class Wanted:
    """What a line says of a product, and what that changes of what is known."""

    values: dict[str, str]
    days: Days
    held: Held | None = None
    entry: int = 0
    changed: dict[str, str] = field(default_factory=dict)
    begins: Days = field(default_factory=dict)


@importable
class Products(Importable):
    name = "products"
    label = _("products and prices")
    columns = (
        Column(
            name="name", label=_("Product"), reads=cells.text_of(LONGEST),
            known_as=("name", "product name", "item", "item name", "title", "service",
                      "service name", "treatment", "article", "מוצר", "שם", "שם מוצר", "שם המוצר",
                      "פריט", "שם פריט", "שם הפריט", "שירות", "טיפול", "תאור פריט", "תיאור פריט",
                      "προϊόν", "είδος", "όνομα", "ονομασία", "όνομα προϊόντος", "υπηρεσία",
                      "περιγραφή είδους", "θεραπεία"),
        ),
        Column(
            name="code", label=_("Code"), reads=cells.text_of(60),
            known_as=("sku", "item code", "product code", "item number", "item no", "product id",
                      "article number", "barcode", "ean", "upc", "catalog number", "part number",
                      "קוד", "מקט", "קוד מוצר", "קוד פריט", "מספר פריט", "ברקוד", "מספר קטלוגי",
                      "κωδικός", "κωδ", "κωδικός προϊόντος", "κωδικός είδους", "κωδ είδους",
                      "barcode", "γραμμωτός κωδικός"),
        ),
        Column(
            name="price", label=_("Price"), reads=cells.read_amount,
            known_as=("unit price", "sale price", "list price", "selling price", "retail price",
                      "price incl vat", "cost to customer", "rate", "fee", "מחיר", "מחיר ליחידה",
                      "מחיר מכירה", "מחיר לצרכן", "מחיר מחירון", "מחיר יחידה", "תעריף", "τιμή",
                      "τιμή μονάδας", "τιμή πώλησης", "λιανική τιμή", "τιμή λιανικής", "χρέωση"),
        ),
        Column(
            name="currency", label=_("Currency"), reads=cells.text_of(10),
            known_as=("currency code", "price currency", "מטבע", "νόμισμα"),
        ),
        Column(
            name="unit", label=_("Unit"), reads=cells.text_of(40),
            known_as=("unit of measure", "uom", "measure", "sold by", "יחידה", "יחידת מידה",
                      "יח מידה", "μονάδα", "μονάδα μέτρησης", "μ μ", "μον μέτρησης"),
        ),
        Column(
            name="valid_from", label=_("Valid from"), is_day=True,
            reads=cells.day_between(EARLIEST, 3650),
            known_as=("from", "from date", "effective", "effective date", "effective from",
                      "price date", "starts on", "בתוקף מ", "תוקף מ", "מתאריך", "תאריך תחילה",
                      "תאריך מחיר", "תחילת תוקף", "ισχύει από", "από", "έναρξη ισχύος",
                      "ημερομηνία ισχύος", "ισχύς από"),
        ),
        Column(
            name="description", label=_("Description"), reads=cells.long_text_of(LONGEST_TEXT),
            known_as=("details", "notes", "remarks", "long description", "תיאור", "תאור", "פירוט",
                      "הערות", "περιγραφή", "λεπτομέρειες", "σημειώσεις", "παρατηρήσεις"),
        ),
    )  # fmt: skip
    needs = (("name", "code"), ("price", "unit"))

    def place(self, by: Actor) -> Place:
        return place_of_business()

    def require(self, by: Actor) -> None:
        require_kind(by, "add", Product)

    def judge(
        self, by: Actor, lines: Sequence[Read], plan: Plan, memory: Memory, place: Place
    ) -> list[Verdict]:
        known = _Known(by, [said for _line, said in lines])
        return [_judged(line, said, known, memory, place) for line, said in lines]

    def write(self, by: Actor, verdicts: Sequence[Verdict], plan: Plan, memory: Memory) -> None:
        new = [v.wanted for v in verdicts if v.outcome == Outcome.CREATED]
        known = [v.wanted for v in verdicts if v.outcome == Outcome.UPDATED]
        with indexed_once():
            made = _add(by, new, plan, memory)
            _update(by, known, made, plan)


class _Known:
    """The products in the database that some lines may be about."""

    def __init__(self, by: Actor, lines: Sequence[Mapping[str, Any]]):
        self.by_code: dict[str, Held] = {}
        self.by_name: dict[str, Held] = {}  # folded; of two that fold alike the first
        self.by_pk: dict[int, Held] = {}
        rows = visible(by, Product).order_by("-pk")
        for name, keys in (
            ("code", {said["code"] for said in lines if said.get("code")}),
            ("folded", {fold(said["name"])[:200] for said in lines if said.get("name")}),
        ):
            for row in rows.filter(**{f"{name}__among": keys}):
                self._add(row)
        for price in Price.objects.filter(product__among=self.by_pk):
            self.by_pk[price.product_id].days[price.valid_from] = price.amount

    def _add(self, row: Product) -> None:
        held = self.by_pk.setdefault(
            row.pk,
            Held(
                pk=row.pk,
                values={name: getattr(row, name) for name in TEXTS},
                is_archived=row.archived_at is not None,
            ),
        )
        self.by_name[row.folded] = held
        if row.code:
            self.by_code[row.code] = held

    def held(self, values: Mapping[str, str], memory: Memory) -> Held | None:
        """The product a line is about: the one with its code, else the one with its name."""
        code, name = values.get("code", ""), fold(values.get("name", ""))[:200]
        found = self._under(f"code:{code}", self.by_code.get(code), memory) if code else None
        if found is None and name:
            found = self._under(f"name:{name}", self.by_name.get(name), memory)
            if found and code and found.values.get("code"):
                raise ProductCodeTaken(code=found.values["code"], name=found.values["name"])
        return found

    def _under(self, key: str, there: Held | None, memory: Memory) -> Held | None:
        """What is known under a key, together with what the file said of it before."""
        before = memory.recall(key) or (memory.recall(f"pk:{there.pk}") if there else [])
        if not before:
            return there
        entry, said = before[0]
        there = there or self.by_pk.get(said["pk"] or 0) or Held(pk=said["pk"])
        days = {datetime.date.fromisoformat(day): Decimal(a) for day, a in said["days"].items()}
        return Held(
            pk=said["pk"], line=said["line"], entry=entry, values=there.values | said["values"],
            given=said["values"], days=there.days | days, said=days,
        )  # fmt: skip


def _judged(
    line: Line, said: Mapping[str, Any], known: _Known, memory: Memory, place: Place
) -> Verdict:
    """What becomes of one line; what it says is remembered for those that follow."""
    try:
        wanted = _wanted(said, place)
        held = wanted.held = known.held(wanted.values, memory)
        if held is None and not wanted.values.get("name"):
            raise ProductNameMissing
        if held:
            _must_agree(wanted, held)
            _compare(wanted, held, place.today, is_dated="valid_from" in said)
    except Refusal as refusal:
        return refused(line, refusal)
    outcome, changes = Outcome.CREATED, []
    if held:
        changes = _shown(wanted, held)
        outcome = Outcome.UPDATED if changes or held.is_archived else Outcome.UNCHANGED
    else:
        wanted.begins = wanted.days
    wanted.entry = _remember(memory, wanted, line.number)
    title = (held.values if held else wanted.values).get("name") or wanted.values["name"]
    return Verdict(line, outcome, title=title, changes=changes, wanted=wanted)


def _wanted(said: Mapping[str, Any], place: Place) -> Wanted:
    values = {name: said[name] for name in TEXTS if said.get(name)}
    if "name" in values:
        values["name"] = checked_name(values["name"])
    if "code" in values:
        values["code"] = checked_line("code", values["code"])
    days: Days = {}
    if "price" in said:
        price: cells.Amount = said["price"]
        theirs = cells.currency_named(said.get("currency", "")) or price.currency
        if theirs and theirs != place.currency:
            raise PriceInOtherCurrency(theirs=theirs, ours=place.currency)
        day = said.get("valid_from", place.today)
        days[day] = checked_amount(price.number, place.currency)
    return Wanted(values, days)


def _must_agree(wanted: Wanted, held: Held) -> None:
    """Refuse a line that contradicts an earlier one about the same product."""
    names = [n for n, text in wanted.values.items() if held.given.get(n, text) != text]
    if any(held.said.get(day, amount) != amount for day, amount in wanted.days.items()):
        names.append("price")
    if held.line and names:
        raise SaidOtherwise(
            line=held.line, fields=[column_of(Products(), name).label for name in names]
        )


def _compare(wanted: Wanted, held: Held, today: datetime.date, *, is_dated: bool) -> None:
    """What the line says that is not so yet."""
    wanted.changed = {
        name: text for name, text in wanted.values.items() if held.values.get(name) != text
    }
    for day, amount in wanted.days.items():
        counts = held.days.get(day) if is_dated else _counting(held.days, today)
        if counts != amount:
            wanted.begins[day] = amount


def _counting(days: Days, today: datetime.date) -> Decimal | None:
    """What is asked today."""
    begun = [day for day in days if day <= today]
    return days[max(begun)] if begun else None


def _shown(wanted: Wanted, held: Held) -> list[tuple[str, str, str]]:
    changes = [
        (_label(name), held.values.get(name, ""), text) for name, text in wanted.changed.items()
    ]
    for day, amount in wanted.begins.items():
        former = _counting(held.days, day)
        old = "" if former is None else str(former)
        changes.append((_label("price"), old, f"{amount} · {date_format(day)}"))
    return changes


def _label(name: str) -> str:
    return str(column_of(Products(), name).label)


def _remember(memory: Memory, wanted: Wanted, line: int) -> int:
    was = wanted.held or Held()
    values = was.given | wanted.values
    days = was.said | wanted.days
    said = {
        "pk": was.pk,
        "line": was.line or line,
        "values": values,
        "days": {day.isoformat(): str(amount) for day, amount in days.items()},
    }
    keys = [f"code:{values['code']}"] if values.get("code") else []
    keys += [f"name:{fold(values['name'])[:200]}"] if values.get("name") else []
    return memory.remember(said, [*keys, f"pk:{was.pk}"] if was.pk else keys, was.entry)


def _add(by: Actor, new: Sequence[Wanted], plan: Plan, memory: Memory) -> dict[int, Product]:
    """Take in the new ones; returns them by their entry in the memory of the file."""
    products = [NewProduct(**one.values, prices=one.begins) for one in new]
    added = add_whole_products(by=by, products=products, batch=plan.batch)
    memory.became((one.entry, product.pk) for one, product in zip(new, added, strict=True))
    return {one.entry: product for one, product in zip(new, added, strict=True)}


def _update(by: Actor, known: Sequence[Wanted], made: Mapping[int, Product], plan: Plan) -> None:
    """Write what lines say anew of products that are there, by the commands that write each."""
    ids = [one.held.pk for one in known if one.held and one.held.pk]
    there = {row.pk: row for row in visible(by, Product).filter(pk__among=ids)}
    for one in known:
        held = one.held or Held()
        product = there[held.pk] if held.pk else made[one.entry]
        if held.is_archived:
            unarchive_product(by=by, product=product, batch=plan.batch)
        if one.changed:
            change_product(by=by, product=product, values=one.changed, batch=plan.batch)
        for day, amount in one.begins.items():
            set_price(by=by, product=product, amount=amount, valid_from=day, batch=plan.batch)
