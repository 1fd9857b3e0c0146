"""What lies in every table that reaches customers, as it can be compared."""

from kesher.core.joining import whole
from kesher.core.person import Merge, answers
from kesher.customers.models import Customer, CustomerContact, Merger

UNLIKE = frozenset({"version", "ends_at"})  # what was open in an emergency closes for good


def everything():
    """Every row of every table that hangs on customers, and they themselves."""
    held = {}
    for said in answers(Customer):
        if said.merge == Merge.DROP or "__" in said.via or said.model is Merger:
            continue
        for row in said.model.objects.all():
            values = {name: value for name, value in whole(row).items() if name not in UNLIKE}
            is_empty_sum = (
                said.via
                and said.merge == Merge.KEEP_ONE
                and not any(value for name, value in values.items() if name != "customer_id")
            )
            if not is_empty_sum:
                held[said.model._meta.label, row.pk] = values
    return held


def shown(customer):
    """The telephone numbers and e-mails of a customer in order."""
    rows = CustomerContact.objects.filter(customer=customer).order_by("point__kind", "rank", "pk")
    return list(rows.values_list("point__kind", "raw"))
