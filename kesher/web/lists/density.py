"""How much room a row takes: each reader's own choice, kept in his browser."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from kesher.surface.page import is_fragment
from kesher.web.lists.many import came_from
from kesher.web.lists.pages import DENSITY

YEAR = 365 * 24 * 3600


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Close rows or comfortable ones."""
    dense = request.POST.get("density") == "dense"
    if is_fragment(request):
        response = HttpResponse(status=204, headers={"HX-Trigger": "lists-changed"})
    else:
        response = redirect(came_from(request))
    response.set_cookie(
        DENSITY, "dense" if dense else "", max_age=YEAR, samesite="Lax", httponly=True,
        secure=request.is_secure(),
    )  # fmt: skip
    return response
