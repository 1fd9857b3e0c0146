"""What becomes of purchases of a customer who is merged or erased: the books stay whole."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kesher.billing.ledger import recompute_summaries
from kesher.billing.models import Purchase, PurchaseSummary
from kesher.core.person import Erase, Merge, answer
from kesher.customers.models import Customer
from kesher.organization.queries import business


def _add_up(customer_ids: Collection[int]) -> None:
    recompute_summaries(customer_ids, business().currency)


answer(
    Customer, model=Purchase, via="customer", merge=Merge.MOVE, erase=Erase.KEEP,
    why="Books must be kept for years; without the customer's name they say nothing of him.",
    exported=("bought_on", "amount", "currency", "product", "quantity"), timeline="purchase",
    keeps=_("Purchases that must be kept: %(count)s."),
    counted=ngettext_lazy("%(count)s purchase", "%(count)s purchases", "count"),
)  # fmt: skip
answer(
    Customer, model=PurchaseSummary, via="customer", merge=Merge.KEEP_ONE, erase=Erase.KEEP,
    why="Sums of the books.", renew=_add_up,
)  # fmt: skip
