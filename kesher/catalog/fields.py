"""What is listed, filtered and exported of products."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kesher.catalog.models import Product
from kesher.core.fields import Field, Type, declare

declare(
    "products",
    Product,
    label=_("Product"),
    labels=_("Products"),
    fields=(
        Field(name="name", label=_("Name"), sort=("folded",), folded="folded"),
        Field(name="code", label=_("Code"), sort=("code",), editable=True),
        Field(
            name="price", label=_("Price"), type=Type.MONEY, sort=("price",), currency="currency"
        ),
        Field(name="unit", label=_("Unit"), editable=True, groups=True),
        Field(name="description", label=_("Description"), type=Type.LONG),
        Field(
            name="archived", label=_("Archived"), type=Type.FLAG, lookup="archived_at", filled=True
        ),
    ),
)  # fmt: skip
