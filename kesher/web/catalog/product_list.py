"""The list of what we sell, with what each costs today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kesher.catalog.commands.changing import archive_product, change_product, unarchive_product
from kesher.catalog.models import Product
from kesher.core.access import Actor
from kesher.surface.lists.declaring import Listing, View, archiving, register
from kesher.web.lists.pen import DASH, NOTHING, Pen, Row, html, lead
from kesher.web.templatetags import look


def name(pen: Pen, value: Any, row: Row) -> Any:
    """What it is called; what is not sold any more says so."""
    under = _("Not sold any more") if row.get("archived") else ""
    return lead(pen.open(row), value, under, key=row.pk, mark=look.icon("package"))


def code(pen: Pen, value: Any, row: Row) -> Any:
    """A code runs from left to right in every language."""
    return html('<bdi dir="ltr" class="num">{}</bdi>', value) if value else NOTHING


def price(pen: Pen, value: Any, row: Row) -> Any:
    """What it costs today; that nothing is known is worth seeing."""
    return pen.money(value) if value else DASH


def edit(*, by: Actor, record: Product, name: str, value: Any, seen: int | None, batch: str) -> str:
    """Write one field of one product."""
    change_product(by=by, product=record, values={name: value or ""}, seen=seen, batch=batch)
    return batch


def put_aside(*, by: Actor, record: Product, given: Mapping[str, str], batch: str) -> None:
    """Sell a product no more."""
    archive_product(by=by, product=record, now=timezone.now(), batch=batch)


def take_back(*, by: Actor, record: Product, given: Mapping[str, str], batch: str) -> None:
    """Sell a product again."""
    unarchive_product(by=by, product=record, batch=batch)


SOLD = {"archived": "no"}
PRODUCTS = register(
    Listing(
        name="products",
        title=gettext_lazy("Products"),
        columns=("name", "code", "price", "unit"),
        sort="name",
        views=(
            View(key="all", label=pgettext_lazy("products", "Sold now")),
            View(
                key="unpriced",
                label=gettext_lazy("Without a price"),
                query="price.empty=yes",
            ),
            View(key="archived", label=gettext_lazy("Archived"), query="archived=yes"),
        ),
        opens="product",
        new="product-new",
        new_label=gettext_lazy("New product"),
        standing=SOLD,
        index="product",
        phone={"code": "c2", "price": "end c2b", "unit": "c2a"},
        beside=("archived",),
        painters={"name": name, "code": code, "price": price},
        edit=edit,
        actions=archiving(put_aside, take_back, when=SOLD),
        peek=("code", "price", "unit", "description"),
        empty_title=gettext_lazy("No products yet"),
        empty_text=gettext_lazy("Add the first one, or bring your price list from a file."),
    )
)
