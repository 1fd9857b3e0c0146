from __future__ import annotations

from django.db.models import QuerySet

from kesher.catalog.models import Price, Product
from kesher.core.access import Actor, visible


def prices_of(actor: Actor, product: Product) -> QuerySet[Price]:
    """What a product cost and will cost, the latest price first."""
    return visible(actor, Price).filter(product=product).order_by("-valid_from")
