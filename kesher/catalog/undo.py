"""How products and their prices get back what they held before a batch of writes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime

from kesher.catalog.commands.changing import (
    CHANGEABLE,
    archive_product,
    change_product,
    set_price,
    unarchive_product,
)
from kesher.catalog.models import Product
from kesher.catalog.writing import price_of_day, price_text
from kesher.core.access import Actor
from kesher.core.undo import Restorer, restores

PRICE = "price "


@restores(Product)
class ProductRestorer(Restorer):
    def now(self, record: Any, name: str) -> Any:
        """Also the prices, each by the day it begins."""
        if name.startswith(PRICE):
            return price_text(price_of_day(record, _day(name)))
        return super().now(record, name)

    def restore(self, *, by: Actor, record: Any, values: Mapping[str, Any], batch: str) -> None:
        """By the commands that write each of them."""
        columns = {name: value for name, value in values.items() if name in CHANGEABLE}
        if columns:
            change_product(by=by, product=record, values=columns, batch=batch)
        for name, held in values.items():
            if name.startswith(PRICE):
                amount, _space, currency = (held or "").partition(" ")
                set_price(
                    by=by, product=record, amount=Decimal(amount) if amount else None,
                    currency=currency, valid_from=_day(name), batch=batch,
                )  # fmt: skip
        if "archived_at" in values:
            _set_aside(by, record, values["archived_at"], batch)

    def remove(self, *, by: Actor, record: Any, batch: str) -> None:
        """What was added is put aside: purchases may speak of it."""
        archive_product(by=by, product=record, now=datetime.datetime.now(datetime.UTC), batch=batch)


def _day(name: str) -> datetime.date:
    return datetime.date.fromisoformat(name.removeprefix(PRICE))


def _set_aside(by: Actor, record: Any, value: str | None, batch: str) -> None:
    moment = parse_datetime(value) if value else None
    if moment:
        archive_product(by=by, product=record, now=moment, batch=batch)
    else:
        unarchive_product(by=by, product=record, batch=batch)
