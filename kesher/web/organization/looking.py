"""Looking as a role or a member: exactly what that one sees, and nothing can be changed."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kesher.organization.viewing import viewed_member, viewed_role
from kesher.surface.actor import VIEWING
from kesher.surface.page import go

FOUND = {"member": viewed_member, "role": viewed_role}


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin to look as somebody who sees no more than oneself."""
    kind, pk = request.POST.get("kind", ""), request.POST.get("pk", "")
    if kind not in FOUND or not pk.isdecimal() or len(pk) > 18:
        raise Http404
    if FOUND[kind](request.actor, int(pk)) is None:
        raise Http404
    request.session[VIEWING] = [kind, int(pk)]
    return go(request, "/")


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Be oneself again."""
    request.session.pop(VIEWING, None)
    return go(request, "settings")
