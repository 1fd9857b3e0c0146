from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from kesher.catalog.events import ProductsAdded
from kesher.catalog.models import Price, Product
from kesher.catalog.writing import (
    checked_amount,
    checked_day,
    checked_line,
    checked_name,
    checked_text,
    keep_todays_price,
    must_be_free,
    price_key,
    price_text,
)
from kesher.core.access import Actor, require_kind
from kesher.core.among import found_among
from kesher.core.changes import record_changes
from kesher.core.events import announce
from kesher.core.search import index
from kesher.core.text import fold
from kesher.organization.queries import business

AT_ONCE = 400


@dataclass(frozen=True, kw_only=True)
class NewProduct:
    """All that may be said of a product when it is added."""

    name: str
    code: str = ""
    unit: str = ""
    description: str = ""
    prices: Mapping[datetime.date, Decimal] = field(default_factory=dict)  # by the day they begin


@transaction.atomic
def add_product(*, by: Actor, product: NewProduct, batch: str = "") -> Product:
    """Add something that is sold, with its code, its unit and what it costs."""
    return add_whole_products(by=by, products=[product], batch=batch)[0]


@transaction.atomic
def add_whole_products(
    *, by: Actor, products: Sequence[NewProduct], batch: str = ""
) -> list[Product]:
    """Add many products at once; refuses a name or a code that is there already."""
    require_kind(by, "add", Product)
    if not products:
        return []
    rows = [_row(new) for new in products]
    must_be_free(rows)
    try:
        with transaction.atomic():
            Product.objects.bulk_create(rows, batch_size=AT_ONCE)
    except IntegrityError:  # a colleague was quicker
        must_be_free(rows)
        raise
    said = [_add_prices(row, new) for row, new in zip(rows, products, strict=True)]
    keep_todays_price(rows)
    changes = [
        (row, None, {name: getattr(row, name) for name in ("name", "code", "unit")} | prices)
        for row, prices in zip(rows, said, strict=True)
    ]
    record_changes(by=by, rows=changes, batch=batch)
    _tell(by, rows)
    return rows


def _row(new: NewProduct) -> Product:
    name = checked_name(new.name)
    return Product(
        name=name,
        folded=fold(name)[:200],
        code=checked_line("code", new.code),
        unit=checked_line("unit", new.unit),
        description=checked_text(new.description),
    )


def _add_prices(row: Product, new: NewProduct) -> dict[str, Any]:
    """Keep the prices of a new product; returns them as a change tells them."""
    currency = business().currency if new.prices else ""
    prices = [
        Price(
            product=row,
            valid_from=checked_day(day),
            amount=checked_amount(amount, currency),
            currency=currency,
        )
        for day, amount in sorted(new.prices.items())
    ]
    Price.objects.bulk_create(prices)
    return {price_key(one.valid_from): price_text(one) for one in prices}


def _tell(by: Actor, rows: Sequence[Product]) -> None:
    index("product", [row.pk for row in rows], fresh=True)
    announce(ProductsAdded(first_product_id=rows[0].pk), by=by, about=rows[0])


@transaction.atomic
def add_products(
    *, by: Actor, names: Iterable[str], batch: str = "", is_demo: bool = False
) -> dict[str, Product]:
    """Have a product under each of these names; those that are there already stay as they are."""
    kept = {name: checked_name(name) for name in names}
    products = _held(kept.values())
    missing = sorted(set(kept.values()) - products.keys())
    if missing:
        require_kind(by, "add", Product)
        # A colleague may add the same name at this moment: his product serves both.
        Product.objects.bulk_create(
            (Product(name=name, folded=fold(name)[:200], is_demo=is_demo) for name in missing),
            ignore_conflicts=True,
            batch_size=AT_ONCE,
        )
        added = _held(missing)
        rows = [(product, None, {"name": name}) for name, product in sorted(added.items())]
        record_changes(by=by, rows=rows, batch=batch)
        index("product", [product.pk for product in added.values()])
        products |= added
    return {name: products[short] for name, short in kept.items()}


def _held(names: Iterable[str]) -> dict[str, Product]:
    return {product.name: product for product in found_among(Product, "name", set(names))}
