"""Where each value of a customer came from."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kesher.core.access import guard
from kesher.customers.models import Customer
from kesher.customers.origins import origins_of
from kesher.surface.found import found
from kesher.surface.page import is_fragment


@require_safe
def origins(request: HttpRequest, pk: int) -> HttpResponse:
    """Each value that the reader may read, with where it came from and when."""
    customer = found(request.actor, Customer, pk)
    context = {
        "customer": guard(request.actor, customer),
        "rows": origins_of(request.actor, customer),
    }
    template = "customers/_origins.html" if is_fragment(request) else "customers/origins.html"
    return render(request, template, context)
