"""The page of one customer, its header anew, and a look at him without leaving a list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from kesher.web.customers.composer import SAID, composer_of, drawn
from kesher.web.customers.history import Asked
from kesher.web.customers.list import CUSTOMERS
from kesher.web.customers.side import side_of
from kesher.web.customers.whole import Whole
from kesher.web.lists.crumb import crumb_of
from kesher.web.lists.table import opens_form


@require_safe
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """All of a customer: who, what was agreed, what comes next, and all that was."""
    whole = Whole(request, pk)
    if whole.record.pk != pk:  # he was merged into this one
        return redirect("customer", whole.record.pk)
    context = {
        "customer": whole.customer,
        "crumb": crumb_of(request, CUSTOMERS, pk),
        "header": whole.header(),
        "composer": drawn(request, composer_of(whole, on=_tab(request)), pk),
        "history": whole.history(),
        "side": side_of(whole),
    }
    return render(request, "customers/page.html", context)


def _tab(request: HttpRequest) -> str:
    """The form that a link asks for."""
    wanted = request.GET.get("form", "")
    return wanted if wanted in SAID else "note"


@require_safe
def header(request: HttpRequest, pk: int) -> HttpResponse:
    """The first region alone, after something changed."""
    whole = Whole(request, pk)
    context = {"customer": whole.customer, "header": whole.header()}
    return render(request, "customers/_header.html", context)


@require_safe
def peek(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer at a glance, beside a list."""
    whole = Whole(request, pk)
    context = {
        "customer": whole.customer,
        "header": whole.header(),
        "lines": whole.history(Asked()).lines[:5],
        "url": opens_form(CUSTOMERS, request.GET.get("in")).format(pk),
    }
    return render(request, "customers/_peek.html", context)
