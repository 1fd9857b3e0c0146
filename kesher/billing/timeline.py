"""What was bought, in a customer's history: for those cleared for money."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kesher.billing.models import Purchase
from kesher.billing.queries import purchases_of
from kesher.core.access import Actor, guard
from kesher.core.timeline import Source, holding, source_of
from kesher.customers.models import Customer


@source_of(Customer)
class Purchases(Source):
    name = "purchase"
    kinds = {"money": _("Purchases")}
    when = "bought_on"
    is_day = True
    rank = 3

    def rows(self, actor: Actor, subject: Customer) -> QuerySet[Purchase]:
        return purchases_of(actor, subject)

    def matching(self, rows: QuerySet[Purchase], text: str) -> QuerySet[Purchase]:
        return holding(rows, text, "product__name")

    def drawn(self, actor: Actor, rows: list[Purchase]) -> list[Any]:
        return guard(actor, rows)
