from django.utils import timezone

from kesher.core.access import SYSTEM
from kesher.core.events import on
from kesher.engagement.commands.noticing import notify_member
from kesher.engagement.events import MemberMentioned
from kesher.engagement.models import Touch
from kesher.organization.models import Member


@on(MemberMentioned)
def notify_mentioned(event: MemberMentioned) -> None:
    """Whoever is named in a note finds it under the bell."""
    touch = Touch.objects.filter(pk=event.touch_id, binned_at__isnull=True).first()
    if touch is not None:
        notify_member(
            by=SYSTEM,
            member=Member.objects.select_related("role").get(pk=event.member_id),
            about=touch,
            caused_by_id=touch.member_id,
            now=timezone.now(),  # noqa: TID251 - the worker is the edge
        )
