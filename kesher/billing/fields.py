"""What purchases tell of customers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kesher.billing.models import Purchase
from kesher.core.fields import Field, Type, extend

extend(
    "customers",
    (
        Field(
            name="bought", label=_("Bought in all"), type=Type.MONEY, lookup="bought__total",
            sort=("bought__total",), currency="bought__currency", summarises=Purchase,
        ),
        Field(
            name="purchases", label=_("Purchases"), type=Type.NUMBER, lookup="bought__count",
            sort=("bought__count",), summarises=Purchase,
        ),
        Field(
            name="last_bought", label=_("Last purchase"), type=Type.DATE, lookup="bought__last_on",
            sort=("bought__last_on",), groups=True, summarises=Purchase,
        ),
        Field(
            name="first_bought", label=_("First purchase"), type=Type.DATE,
            lookup="bought__first_on", groups=True, summarises=Purchase,
        ),
    ),
)  # fmt: skip
