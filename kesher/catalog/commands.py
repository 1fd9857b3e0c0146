from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.catalog.models import Product
from kesher.core.access import Actor, require_kind
from kesher.core.changes import record_changes
from kesher.core.columns import column_named
from kesher.core.refusal import Refusal
from kesher.core.text import clean

AT_ONCE = 400
LONGEST: int = column_named(Product, "name").max_length or 0


class ProductNameMissing(Refusal):
    """Nothing is sold without a name."""

    message = _("A product needs a name.")


class ProductNameTooLong(Refusal):
    """A name that does not fit."""

    message = _("The name of a product holds at most %(most)s characters.")


@transaction.atomic
def add_products(
    *, by: Actor, names: Iterable[str], batch: str = "", is_demo: bool = False
) -> dict[str, Product]:
    """Have a product under each of these names; those that are there already stay as they are."""
    kept = {name: _named(name) for name in names}
    products = _held(kept.values())
    missing = sorted(set(kept.values()) - products.keys())
    if missing:
        require_kind(by, "add", Product)
        # A colleague may add the same name at this moment: his product serves both.
        Product.objects.bulk_create(
            (Product(name=name, is_demo=is_demo) for name in missing),
            ignore_conflicts=True,
            batch_size=AT_ONCE,
        )
        added = _held(missing)
        rows = [(product, None, {"name": name}) for name, product in sorted(added.items())]
        record_changes(by=by, rows=rows, batch=batch)
        products |= added
    return {name: products[short] for name, short in kept.items()}


def _named(name: str) -> str:
    short = " ".join(clean(name).split())
    if not short:
        raise ProductNameMissing
    if len(short) > LONGEST:
        raise ProductNameTooLong(most=LONGEST)
    return short


def _held(names: Iterable[str]) -> dict[str, Product]:
    rows = Product.objects.filter(name__among=set(names))
    return {product.name: product for product in rows}
