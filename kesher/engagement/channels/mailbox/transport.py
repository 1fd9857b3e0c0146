from __future__ import annotations

from kesher.engagement.channels.transport import Fate, Outgoing


class MailboxTransport:
    """Leaves the message where it is: the outbox itself is shown as a mailbox."""

    name = "mailbox"
    leaves_the_house = False

    def send(self, outgoing: Outgoing) -> None:
        """Nothing to hand over: whoever may open the mailbox reads the row."""

    def look_up(self, outgoing: Outgoing) -> Fate:
        """An interrupted message was not marked as sent, so it is not in the mailbox."""
        return Fate.NOT_SENT
