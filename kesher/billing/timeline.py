"""What was bought, in a customer's history: for those cleared for money."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kesher.billing.models import Purchase
from kesher.core.access import NOTHING, Actor, guard, readable
from kesher.core.prepared import Mark
from kesher.core.timeline import Source, holding, source_of
from kesher.customers.models import Customer


@source_of(Customer)
class Purchases(Source):
    name = "purchase"
    model = Purchase
    kinds = {"money": _("Purchases")}
    when = "bought_on"
    is_day = True
    rank = 3

    def of(self, subject: int | Mark) -> QuerySet[Purchase]:
        return super().of(subject).select_related("product")

    def seen(self, actor: Actor, subject: Model) -> Q:
        return super().seen(actor, subject) if "amount" in readable(actor, Purchase) else NOTHING

    def matching(self, rows: QuerySet[Purchase], text: str) -> QuerySet[Purchase]:
        return holding(rows, text, "product__name")

    def drawn(self, actor: Actor, rows: list[Purchase]) -> list[Any]:
        return guard(actor, rows)
