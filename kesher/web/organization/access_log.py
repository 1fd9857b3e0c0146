"""What was read of what is watched, and each time somebody opened what was closed to him."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kesher.core.access import guard, require_kind
from kesher.customers.emergency import emergencies_of
from kesher.customers.readers import PAGE, accesses
from kesher.organization.models import AccessRecord
from kesher.web.organization.frame import settings_page
from kesher.web.reading import before_of, lines_of

MOST = 30


@require_safe
def access_log(request: HttpRequest) -> HttpResponse:
    """The log of readings, the latest first, below what was opened in an emergency."""
    require_kind(request.actor, "view", AccessRecord)
    kept = accesses(request.actor, before=before_of(request))
    opened = [] if before_of(request) else emergencies_of(request.actor)[:MOST]
    return settings_page(
        request, "organization/access_log.html", "access-log",
        lines=lines_of(request.actor, kept[:PAGE]),
        more=kept[PAGE - 1].pk if len(kept) > PAGE else 0,
        emergencies=guard(request.actor, opened), now=timezone.now(),
    )  # fmt: skip
