"""Money is read by those cleared for it."""

from kesher.billing.models import Purchase, PurchaseSummary
from kesher.core.access import OPEN, Policy, policy_for

FINANCIAL = "financial"


@policy_for(Purchase)
class PurchasePolicy(Policy):
    within = "customer"
    fields = {
        "id": FINANCIAL, "customer": FINANCIAL, "bought_on": FINANCIAL, "amount": FINANCIAL,
        "currency": FINANCIAL, "product": FINANCIAL, "quantity": FINANCIAL, "key": FINANCIAL,
        "batch": FINANCIAL, "is_demo": OPEN,
    }  # fmt: skip


@policy_for(PurchaseSummary)
class PurchaseSummaryPolicy(Policy):
    within = "customer"
    fields = {
        f: FINANCIAL for f in ("customer", "currency", "count", "total", "first_on", "last_on")
    }
