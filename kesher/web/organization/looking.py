"""Looking as a role or a member: exactly what that one sees, and nothing can be changed."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.organization.viewing import viewed_member, viewed_role
from kesher.surface.actor import VIEWING
from kesher.surface.page import go

FOUND = {"member": viewed_member, "role": viewed_role}


@dataclass(frozen=True)
class Notice:
    """A line under the bar."""

    text: str
    tone: str
    icon: str
    url: str
    label: str
    method: str = "get"


def notices(request: HttpRequest) -> list[Notice]:
    """What every page says at its top: as whom one looks, and that this is the demo."""
    viewing = getattr(request, "viewing_as", None)
    if viewing is None:
        return []
    if viewing.kind == "member":
        text = _("You see what %(name)s sees. Nothing can be changed.") % {"name": viewing.label}
    else:
        text = _("You see what the role %(name)s sees. Nothing can be changed.") % {
            "name": viewing.label
        }
    stop = reverse("view-as-stop")
    return [Notice(text, "warn", "eye", stop, _("Stop looking"), method="post")]


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
