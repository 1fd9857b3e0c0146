"""What a customer bought, written down by hand."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kesher.billing.commands.recording import NewPurchase, record_purchase
from kesher.billing.models import Purchase
from kesher.billing.queries import last_purchases
from kesher.catalog.models import Product
from kesher.core.access import Actor, guard, require_kind, visible
from kesher.core.changes import new_batch
from kesher.customers.models import Customer
from kesher.organization.queries import business
from kesher.surface.once import once_only
from kesher.web.customers.saving import customer_of, did, done, drawn
from kesher.web.organization.saving import day_input

MOST_OFFERED = 300  # products that the field completes
SHOWN = 5


class PurchaseForm(forms.Form):
    """What was bought, when, and for how much."""

    product = forms.CharField(
        label=gettext_lazy("Product or service"), max_length=120, required=False,
        widget=forms.TextInput(attrs={"list": "products", "autocomplete": "off", "dir": "auto"}),
    )  # fmt: skip
    amount = forms.DecimalField(label=gettext_lazy("Amount"), max_digits=14)
    bought_on = forms.DateField(label=gettext_lazy("Day"), widget=day_input())

    def new(self, by: Actor, customer: Customer) -> NewPurchase:
        """The line that it asks for; a product that is there is known in small letters too."""
        said = self.cleaned_data
        product = " ".join(said["product"].split())
        known = visible(by, Product).filter(name__iexact=product).values_list("name", flat=True)
        return NewPurchase(
            customer_id=customer.pk, bought_on=said["bought_on"], amount=said["amount"],
            product=known.first() or product,
        )  # fmt: skip


@once_only
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down one thing that a customer bought; below, the last ones."""
    customer = customer_of(request, pk)
    require_kind(request.actor, "add", Purchase)
    today = timezone.localdate()
    if request.method != "POST":
        return _drawn(request, customer, PurchaseForm(initial={"bought_on": today}))
    form, batch = PurchaseForm(request.POST), new_batch()
    if form.is_valid() and did(
        form,
        lambda: record_purchase(
            by=request.actor, new=form.new(request.actor, customer), batch=batch
        ),
    ):
        return done(
            request, _("The purchase is recorded."), lambda: _afresh(request, customer, today),
            "purchase-new", pk, batch=batch,
        )  # fmt: skip
    return _drawn(request, customer, form)


def _afresh(request: HttpRequest, customer: Customer, today: datetime.date) -> HttpResponse:
    return _drawn(request, customer, PurchaseForm(initial={"bought_on": today}))


def _drawn(request: HttpRequest, customer: Customer, form: PurchaseForm) -> HttpResponse:
    products = visible(request.actor, Product).order_by("name")
    context: dict[str, Any] = {
        "customer": guard(request.actor, customer),
        "form": form,
        "currency": business().currency,
        "products": products.values_list("name", flat=True)[:MOST_OFFERED],
        "rows": guard(request.actor, last_purchases(request.actor, customer, SHOWN)),
    }
    return drawn(request, "purchase", context, status=422 if form.errors else 200)
