"""Who else has the customer's page open, and who writes there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from kesher.customers.models import Customer
from kesher.engagement.commands.presence import be_present
from kesher.engagement.queries import others_present
from kesher.surface.found import found


def presence(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that one is here, and see who else is."""
    customer = found(request.actor, Customer, pk)
    now = timezone.now()
    if request.method == "POST":
        field = "form" if request.POST.get("editing") else ""
        be_present(by=request.actor, customer=customer, field=field, now=now)
    there = others_present(request.actor, customer, now=now)
    context = {
        "editing": [str(one.member) for one in there if one.field],
        "looking": [str(one.member) for one in there if not one.field],
    }
    return render(request, "customers/_presence.html", context)
