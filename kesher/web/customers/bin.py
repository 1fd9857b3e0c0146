"""The bin: who lies in it, for how long yet, and the way back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kesher.core.access import guard, require_kind
from kesher.core.changes import new_batch
from kesher.customers.commands.leaving import bin_customers, delete_binned, restore
from kesher.customers.models import Customer
from kesher.customers.queries import KEPT_DAYS, binned_customers, days_left
from kesher.surface.page import tell
from kesher.web.customers.saving import customer_of, undo_address

SHOWN = 200


@require_safe
def binned(request: HttpRequest) -> HttpResponse:
    """Everybody in the bin whom the reader may take out."""
    require_kind(request.actor, "bin", Customer)
    now = timezone.now()
    rows = list(binned_customers(request.actor)[: SHOWN + 1])
    shown = rows[:SHOWN]
    context = {
        "rows": [
            {"customer": seen, "days": days_left(request.actor, row, now)}
            for seen, row in zip(guard(request.actor, shown), shown, strict=True)
        ],
        "has_more": len(rows) > SHOWN,
        "kept_days": KEPT_DAYS,
    }
    return render(request, "customers/bin.html", context)


@require_POST
def throw(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a customer into the bin."""
    customer = customer_of(request, pk)
    batch = new_batch()
    bin_customers(by=request.actor, customers=[customer], now=timezone.now(), batch=batch)
    said = _("%(name)s lies in the bin now, and for %(days)s days can come back.")
    said = said % {"name": customer.name, "days": KEPT_DAYS}
    tell(request, said, undo=undo_address(batch))
    return redirect("bin")


def _binned(request: HttpRequest, pk: int) -> Customer:
    customer = binned_customers(request.actor).filter(pk=pk).first()
    if customer is None:
        raise Http404
    return customer


@require_POST
def take_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a customer out of the bin again."""
    customer = _binned(request, pk)
    batch = new_batch()
    restore(by=request.actor, customers=[customer], batch=batch)
    tell(request, _("%(name)s is back.") % {"name": customer.name}, undo=undo_address(batch))
    return redirect("customer", pk)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a customer in the bin for good."""
    customer = _binned(request, pk)
    name = customer.name
    delete_binned(by=request.actor, customer=customer)
    tell(request, _("%(name)s is deleted.") % {"name": name})
    return redirect("bin")
