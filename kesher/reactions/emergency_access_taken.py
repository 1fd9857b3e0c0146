from datetime import datetime

from django.utils import timezone, translation

from kesher.core.access import SYSTEM
from kesher.core.events import on
from kesher.customers.events import EmergencyAccessTaken
from kesher.customers.models import EmergencyAccess
from kesher.engagement.commands.messaging import send_message
from kesher.engagement.commands.noticing import notify_of_emergency
from kesher.organization.models import Member
from kesher.organization.queries import business, owners


@on(EmergencyAccessTaken)
def tell_the_owners(event: EmergencyAccessTaken) -> None:
    """Whoever answers for the business hears at once what was opened, by whom and why."""
    access = _taken(event.access_id)
    if access is not None:
        now = timezone.now()  # noqa: TID251 - the worker is the edge
        notify_of_emergency(by=SYSTEM, access=access, now=now)


@on(EmergencyAccessTaken)
def write_to_the_owners(event: EmergencyAccessTaken) -> None:
    """The same by mail, which names neither customer nor reason: mail is read by others too."""
    access = _taken(event.access_id)
    if access is not None:
        now = timezone.now()  # noqa: TID251 - the worker is the edge
        for owner in owners(SYSTEM):
            _write(access, owner, now)


def _taken(number: int) -> EmergencyAccess | None:
    rows = EmergencyAccess.objects.select_related("member", "classification")
    return rows.filter(pk=number).first()


def _write(access: EmergencyAccess, owner: Member, now: datetime) -> None:
    with translation.override(owner.language or "en"):
        what = str(access.classification)
    send_message(
        by=SYSTEM,
        template="emergency_opened",
        to=owner,
        context={
            "name": owner.name, "business": business().name, "who": access.member.name,
            "what": what,
        },
        key=f"emergency_opened:{access.pk}:{owner.pk}",
        now=now,
    )  # fmt: skip
