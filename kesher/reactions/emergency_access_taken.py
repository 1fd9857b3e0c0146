from django.utils import timezone

from kesher.core.access import SYSTEM
from kesher.core.events import on
from kesher.customers.events import EmergencyAccessTaken
from kesher.customers.models import EmergencyAccess
from kesher.engagement.commands.noticing import notify_of_emergency


@on(EmergencyAccessTaken)
def tell_the_owners(event: EmergencyAccessTaken) -> None:
    """Whoever answers for the business hears at once what was opened, by whom and why."""
    access = EmergencyAccess.objects.filter(pk=event.access_id).first()
    if access is not None:
        now = timezone.now()  # noqa: TID251 - the worker is the edge
        notify_of_emergency(by=SYSTEM, access=access, now=now)
