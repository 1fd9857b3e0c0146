from kesher.core.events import on
from kesher.engagement.events import MessageQueued
from kesher.engagement.jobs import send_waiting_messages


@on(MessageQueued)
def send_at_once(_fact: MessageQueued) -> None:
    """A message should not wait for the next full minute."""
    send_waiting_messages.enqueue()
