"""The history alone: anew after something changed, of one kind, by a word, or further back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kesher.surface.page import is_fragment
from kesher.web.customers.whole import Whole


@require_safe
def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """The history, a further page of it, or what there is of one kind or word."""
    whole = Whole(request, pk)
    if not is_fragment(request):
        page = reverse("customer", args=[pk])
        return HttpResponseRedirect(f"{page}?{request.GET.urlencode()}#timeline")
    shown = whole.history()
    template = "_timeline_more" if request.GET.get("after") else "_timeline"
    context = {"customer": whole.customer, "history": shown}
    return render(request, f"customers/{template}.html", context)
