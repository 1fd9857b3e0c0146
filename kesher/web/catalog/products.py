"""One product: what it is called, what it costs and what it cost before."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kesher.catalog.commands.adding import NewProduct, add_product
from kesher.catalog.commands.changing import (
    archive_product,
    change_product,
    set_price,
    unarchive_product,
)
from kesher.catalog.models import Product
from kesher.catalog.queries import prices_of
from kesher.core.access import allows, guard, require_kind
from kesher.core.changes import EditConflict, new_batch
from kesher.organization.today import today_here
from kesher.surface.found import found
from kesher.surface.once import once_only
from kesher.surface.page import go, is_fragment, tell
from kesher.web.catalog.product_list import PRODUCTS
from kesher.web.lists.crumb import crumb_of
from kesher.web.organization.saving import Form, day_input, save, saved

FIELDS = ("name", "code", "unit", "description")


class ProductForm(Form):
    """What a product is called and what it is."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "off"}),
    )  # fmt: skip
    unit = forms.CharField(
        label=gettext_lazy("Unit"), max_length=40, required=False,
        help_text=gettext_lazy("What one pays for: a piece, an hour, a visit"),
    )  # fmt: skip
    description = forms.CharField(
        label=gettext_lazy("Description"), max_length=20_000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class PriceForm(Form):
    """What a product costs, and from which day on."""

    amount = forms.DecimalField(
        label=gettext_lazy("Price"), max_digits=14, decimal_places=2, min_value=0,
        widget=forms.NumberInput(attrs={"dir": "ltr", "step": "0.01", "inputmode": "decimal"}),
    )  # fmt: skip
    valid_from = forms.DateField(label=gettext_lazy("Valid from"), widget=day_input())


class NewForm(ProductForm):
    """A product and, where it is known already, what it costs."""

    amount = forms.DecimalField(
        label=gettext_lazy("Price"), max_digits=14, decimal_places=2, min_value=0, required=False,
        widget=forms.NumberInput(attrs={"dir": "ltr", "step": "0.01", "inputmode": "decimal"}),
    )  # fmt: skip


def product(request: HttpRequest, pk: int) -> HttpResponse:
    """One product, to be read and changed."""
    held = found(request.actor, Product, pk)
    if request.method != "POST":
        return _page(request, held)
    form = ProductForm(request.POST)
    clashes: Any = ()
    if form.is_valid():
        batch, seen = new_batch(), form.cleaned_data["seen"]
        if request.POST.get("keep") == "mine":
            seen = held.version
        values = {name: form.cleaned_data[name] for name in FIELDS}
        try:
            if save(
                form,
                lambda: change_product(
                    by=request.actor, product=held, values=values, seen=seen, batch=batch
                ),
            ):
                return _done(request, held, _("The product is saved."), batch)
        except EditConflict as conflict:
            clashes = conflict.clashes
    return _page(request, held, form=form, clashes=clashes)


def _page(
    request: HttpRequest,
    held: Product,
    *,
    form: Form | None = None,
    price_form: Form | None = None,
    clashes: Any = (),
) -> HttpResponse:
    today = today_here()
    initial = {name: getattr(held, name) for name in FIELDS} | {"seen": held.version}
    prices = guard(request.actor, prices_of(request.actor, held)[:100])
    context = {
        "product": guard(request.actor, held),
        "crumb": crumb_of(request, PRODUCTS, held.pk),
        "may_change": allows(request.actor, "change", held),
        "form": form or ProductForm(initial=initial),
        "price_form": price_form or PriceForm(initial={"valid_from": today}),
        "prices": [(one, _when(one.valid_from, today, prices)) for one in prices],
        "clashes": clashes,
    }
    posted = form or price_form
    status = 409 if clashes else posted.status if posted else 200
    return render(request, "catalog/product.html", context, status=status)


def _when(begins: date, today: date, prices: Any) -> str:
    """Whether a price counts now, is to come, or is over."""
    if begins > today:
        return "later"
    return "now" if begins == max(p.valid_from for p in prices if p.valid_from <= today) else ""


def _done(request: HttpRequest, held: Product, said: str, batch: str) -> HttpResponse:
    tell(request, said, undo=reverse("undo", args=[batch]))
    return go(request, "product", held.pk)


@once_only
def new(request: HttpRequest) -> HttpResponse:
    """Add something that is sold."""
    require_kind(request.actor, "add", Product)
    form = NewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in FIELDS}
        amount, batch = form.cleaned_data["amount"], new_batch()
        prices = {} if amount is None else {today_here(): amount}
        wanted = NewProduct(**values, prices=prices)
        made = saved(form, lambda: add_product(by=request.actor, product=wanted, batch=batch))
        if made is not None:
            return _done(request, made, _("The product is added."), batch)
    template = "catalog/_product_new.html" if is_fragment(request) else "catalog/product_new.html"
    return render(request, template, {"form": form}, status=form.status)


@require_POST
def price(request: HttpRequest, pk: int) -> HttpResponse:
    """Set what it costs from a day on."""
    held = found(request.actor, Product, pk)
    form = PriceForm(request.POST)
    if form.is_valid():
        batch = new_batch()
        if save(
            form,
            lambda: set_price(by=request.actor, product=held, batch=batch, **form.cleaned_data),
        ):
            return _done(request, held, _("The price is set."), batch)
    return _page(request, held, price_form=form)


@require_POST
def archiving(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a product aside, or sell it again."""
    held, batch = found(request.actor, Product, pk), new_batch()
    if request.POST.get("back"):
        unarchive_product(by=request.actor, product=held, batch=batch)
        return _done(request, held, _("The product is sold again."), batch)
    archive_product(by=request.actor, product=held, now=timezone.now(), batch=batch)
    return _done(request, held, _("The product is archived."), batch)
