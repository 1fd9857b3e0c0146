"""An answer that shows what is watched goes out only when it is kept to whom it went."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kesher.core.access_log import gathering
from kesher.organization.commands.watching import record_accesses


class WatchingMiddleware:
    """Stands before whatever takes back what a page wrote: who looks as another is kept too."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with gathering() as shown:
            response = self.get_response(request)
        if shown and request.user.is_authenticated:
            viewing = request.viewing_as
            record_accesses(
                by=replace(request.actor, member_id=request.user.pk), shown=shown,
                viewed_as=viewing.label if viewing else "", now=timezone.now(),
            )  # fmt: skip
        return response
