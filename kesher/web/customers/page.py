"""The page of one customer, its header anew, and a look at him without leaving a list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kesher.web.customers.composer import composer_of
from kesher.web.customers.crumb import crumb_of
from kesher.web.customers.side import side_of
from kesher.web.customers.whole import Whole


def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """All of a customer: who, what was agreed, what comes next, and all that was."""
    whole = Whole(request, pk)
    context = {
        "customer": whole.customer,
        "crumb": crumb_of(request, pk),
        "header": whole.header(),
        "composer": composer_of(request, whole.record, on=request.GET.get("form", "note")),
        "history": whole.history(),
        "side": side_of(whole),
    }
    return render(request, "customers/page.html", context)


def header(request: HttpRequest, pk: int) -> HttpResponse:
    """The first region alone, after something changed."""
    whole = Whole(request, pk)
    context = {"customer": whole.customer, "header": whole.header()}
    return render(request, "customers/_header.html", context)


def peek(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer at a glance, beside a list."""
    whole = Whole(request, pk)
    context = {
        "customer": whole.customer,
        "header": whole.header(),
        "lines": whole.latest().lines[:5],
    }
    return render(request, "customers/_peek.html", context)
