"""Which provider carries what. The only place that imports one."""

from __future__ import annotations

from django.conf import settings

from kesher.engagement.channels.email.transport import SmtpTransport
from kesher.engagement.channels.mailbox.transport import MailboxTransport
from kesher.engagement.channels.transport import Transport
from kesher.engagement.models import Message
from kesher.organization.queries import business

SERVED = frozenset({"email"})


def is_served(channel: str) -> bool:
    """Whether Kesher can send on this channel."""
    return channel in SERVED


def transport_for(message: Message) -> Transport:
    """The way out for a message. What belongs to the demo never leaves the house."""
    if not settings.KESHER_MAIL_URL or _is_demo(message):
        return MailboxTransport()
    return SmtpTransport()


def _is_demo(message: Message) -> bool:
    recipient = message.customer or message.member
    return business().is_demo or (recipient is not None and recipient.is_demo)
