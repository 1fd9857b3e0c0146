from django.utils import timezone

from kesher.core.access import SYSTEM
from kesher.core.events import on
from kesher.engagement.commands.noticing import notify_member
from kesher.organization.events import AbsencePlanned
from kesher.organization.models import Absence


@on(AbsencePlanned)
def notify_deputy(event: AbsencePlanned) -> None:
    """Whoever stands in for a colleague is told from when until when."""
    absence = (
        Absence.objects.select_related("deputy__role")
        .filter(pk=event.absence_id, deputy__isnull=False)
        .first()
    )
    if absence is not None:
        notify_member(
            by=SYSTEM,
            member=absence.deputy,
            about=absence,
            caused_by_id=absence.member_id,
            now=timezone.now(),  # noqa: TID251 - the worker is the edge
        )
