from kesher.core.access import SYSTEM
from kesher.core.events import on
from kesher.engagement.commands.handing_over import release_tasks
from kesher.organization.events import MemberLeft
from kesher.organization.models import Member


@on(MemberLeft)
def pass_on_open_tasks(event: MemberLeft) -> None:
    """What a leaver had promised is not forgotten with him."""
    release_tasks(by=SYSTEM, member=Member.objects.get(pk=event.member_id))
