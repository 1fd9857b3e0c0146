from django.utils import timezone

from kesher.core.access import SYSTEM
from kesher.core.events import on
from kesher.engagement.commands.noticing import notify_of_doubt
from kesher.engagement.events import MessageFailed
from kesher.engagement.models import Message


@on(MessageFailed)
def tell_whoever_wrote(event: MessageFailed) -> None:
    """A message that did not leave, or of which nobody knows, is looked after by a person."""
    message = Message.objects.filter(pk=event.message_id).first()
    if message is not None and message.state in (Message.State.FAILED, Message.State.UNKNOWN):
        notify_of_doubt(
            by=SYSTEM,
            message=message,
            now=timezone.now(),  # noqa: TID251 - the worker is the edge
        )
