from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from kesher.catalog.events import ProductChanged
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
    price_of_day,
    price_text,
)
from kesher.core.access import Actor, require, require_kind
from kesher.core.changes import change, locked, record_changes
from kesher.core.events import announce
from kesher.core.search import index
from kesher.core.text import fold
from kesher.organization.queries import business
from kesher.organization.today import today_here

CHANGEABLE = frozenset({"name", "code", "unit", "description"})


@transaction.atomic
def change_product(
    *,
    by: Actor,
    product: Product,
    values: Mapping[str, Any],
    seen: int | None = None,
    batch: str = "",
) -> Product:
    """Change what a product is called, its code, its unit or its description."""
    require(by, "change", product)
    if unknown := set(values) - CHANGEABLE:
        raise TypeError(f"change_product does not take {sorted(unknown)}")
    wanted = {
        name: checked_text(text) if name == "description" else checked_line(name, text)
        for name, text in values.items()
        if name != "name"
    }
    if "name" in values:
        wanted["name"] = checked_name(values["name"])
        wanted["folded"] = fold(wanted["name"])[:200]
    held = locked(product)
    must_be_free([_with(held, wanted)])
    return _told(by, *change(by=by, record=product, values=wanted, seen=seen, batch=batch))


def _with(held: Product, wanted: Mapping[str, str]) -> Product:
    """The product as it would be."""
    return Product(
        pk=held.pk, name=wanted.get("name", held.name), code=wanted.get("code", held.code)
    )


def _told(by: Actor, product: Product, changed: Mapping[str, Any]) -> Product:
    if changed:
        index("product", [product.pk])
        announce(ProductChanged(product_id=product.pk), by=by, about=product)
    return product


@transaction.atomic
def archive_product(
    *, by: Actor, product: Product, now: datetime.datetime, batch: str = ""
) -> Product:
    """Put a product aside that is not sold any more; what was bought of it stays."""
    require(by, "change", product)
    if locked(product).archived_at is not None:
        return product
    return _told(by, *change(by=by, record=product, values={"archived_at": now}, batch=batch))


@transaction.atomic
def unarchive_product(*, by: Actor, product: Product, batch: str = "") -> Product:
    """Sell a product again."""
    require(by, "change", product)
    return _told(by, *change(by=by, record=product, values={"archived_at": None}, batch=batch))


@transaction.atomic
def set_price(
    *,
    by: Actor,
    product: Product,
    amount: Decimal | None,
    valid_from: datetime.date,
    currency: str = "",
    batch: str = "",
) -> Product:
    """Say what a product costs from a day on; no amount takes the price of that day away."""
    require(by, "change", product)
    held, day = locked(product), checked_day(valid_from)
    former = price_of_day(held, day)
    before = price_text(former)
    if amount is None:
        Price.objects.filter(product=held, valid_from=day).delete()
        kept = None
    else:
        money = currency or business().currency
        kept = former or Price(product=held, valid_from=day)
        kept.amount, kept.currency = checked_amount(amount, money), money
        kept.save()
    after = price_text(kept)
    if after == before:
        return held
    held.version += 1
    held.save(update_fields=["version"])
    keep_todays_price([held])
    key = price_key(day)
    record_changes(by=by, rows=[(held, {key: before}, {key: after})], batch=batch)
    return _told(by, held, {key: after})


@transaction.atomic
def begin_prices(*, by: Actor) -> int:
    """Let the prices that begin today or began while nobody looked count from now on."""
    require_kind(by, "change", Product)
    today = today_here()
    since = today - datetime.timedelta(days=40)
    begun = Price.objects.filter(valid_from__gt=since, valid_from__lte=today).values("product")
    rows = list(Product.objects.filter(pk__in=begun))
    keep_todays_price(rows)
    return len(rows)
