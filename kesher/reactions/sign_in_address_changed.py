from django.utils import timezone

from kesher.core.access import SYSTEM
from kesher.core.events import on
from kesher.core.models import Change
from kesher.engagement.commands.messaging import send_message
from kesher.organization.events import SignInAddressChanged
from kesher.organization.models import Member
from kesher.organization.queries import business


@on(SignInAddressChanged)
def tell_the_old_address(event: SignInAddressChanged) -> None:
    """Whoever loses an account by another's hand learns of it where he still reads."""
    member = Member.objects.filter(pk=event.member_id).first()
    written = Change.objects.filter(pk=event.change_id).first()
    if member is None or written is None or not (written.before or {}).get("email"):
        return
    send_message(
        by=SYSTEM,
        template="address_changed",
        to=written.before["email"],
        language=member.language,
        context={"name": member.name, "business": business().name},
        key=f"address_changed:{written.pk}",
        now=timezone.now(),  # noqa: TID251 - the worker is the edge
    )
