"""Whoever may see products sees what they cost."""

from kesher.catalog.models import Price, Product
from kesher.core.access import OPEN, Policy, policy_for


@policy_for(Product)
class ProductPolicy(Policy):
    fields = {
        f: OPEN
        for f in (
            "id", "name", "folded", "code", "unit", "description", "price", "currency",
            "archived_at", "is_demo", "version",
        )
    }  # fmt: skip
    label = ("name",)


@policy_for(Price)
class PricePolicy(Policy):
    within = "product"
    fields = {f: OPEN for f in ("id", "product", "amount", "currency", "valid_from")}
