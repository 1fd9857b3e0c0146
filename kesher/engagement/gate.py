"""The one gate: whether something may be sent to somebody, how, in which language, and why.

Asked when a message is written and once more when it leaves: an address may have been put on the
do-not-contact list meanwhile. Holds and quiet hours will be asked here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from kesher.core.text import clean
from kesher.customers.models import Customer
from kesher.engagement.channels.registry import is_served
from kesher.engagement.consents import is_agreed
from kesher.engagement.forbidden import is_forbidden
from kesher.engagement.message_texts import ACCESS, MARKETING, SECURITY
from kesher.engagement.models import Message
from kesher.organization.models import Member
from kesher.organization.queries import business
from kesher.organization.today import today_here

Recipient = Customer | Member | str

REASONS = {
    "own_staff": _("To one of us, about signing in."),
    "own_service": _("To one of us, about our work."),
    "service": _("About what we do for this customer."),
    "address": _("To an address that somebody typed."),
    "no_address": _("Not sent: there is no address."),
    "bad_address": _("Not sent: this is not an address."),
    "no_channel": _("Not sent: Kesher cannot send on this channel yet."),
    "binned": _("Not sent: the customer is in the bin."),
    "consent": _("The customer agreed to be written to."),
    "no_consent": _("Not sent: the customer did not agree to be written to."),
    "do_not_contact": _("Not sent: the address is on the do-not-contact list."),
    "withdrawn": _("Not sent: it was taken back in time."),
    "left": _("Not sent: this member has left."),
}


PASSING = frozenset({"own_staff", "own_service", "service", "address", "consent"})


@dataclass(frozen=True)
class Decision:
    """What the gate says about one message."""

    passes: bool
    reason: str
    channel: str
    language: str
    address: str
    not_before: datetime


def decide(
    recipient: Recipient, *, purpose: str, channel: str, language: str, now: datetime
) -> Decision:
    """Whether this may leave. A refusal is an answer, not an error: it is kept with its reason."""
    address = _address_of(recipient)
    reason = (
        _hindrance(recipient, address, channel)
        or _objection(recipient, address, purpose, channel)
        or _grounds(recipient, purpose)
    )
    return Decision(
        passes=reason in PASSING,
        reason=reason,
        channel=channel,
        language=language or _language_of(recipient),
        address=address,
        not_before=now,
    )


def objection_to(message: Message) -> str:
    """Why a message that passed may not leave any more; empty where it still may."""
    to = message.customer or message.member or message.address
    return _objection(to, message.address, message.purpose, message.channel)


def _objection(recipient: Recipient, address: str, purpose: str, channel: str) -> str:
    """Whether the one reached does not want it.

    What signs somebody in or keeps his account safe was asked for by himself, and what we write
    to one another is our work: neither is held back.
    """
    if purpose in (ACCESS, SECURITY) or isinstance(recipient, Member):
        return ""
    if is_forbidden(channel, address, today_here()):
        return "do_not_contact"
    return "" if _may_be_written_to(recipient, purpose, channel) else "no_consent"


def _may_be_written_to(recipient: Customer | str, purpose: str, channel: str) -> bool:
    """Marketing needs a consent that was given; service goes unless one was taken back."""
    if isinstance(recipient, str):
        return purpose != MARKETING
    agreed = is_agreed(recipient.pk, purpose, channel)
    return bool(agreed) if purpose == MARKETING else agreed is not False


def _address_of(recipient: Recipient) -> str:
    return clean(recipient if isinstance(recipient, str) else recipient.email)[:254]


def _language_of(recipient: Recipient) -> str:
    """The recipient's own language; where we don't know it, that of the business."""
    spoken = "" if isinstance(recipient, str) else recipient.language
    return spoken or business().language


def _hindrance(recipient: Recipient, address: str, channel: str) -> str:
    if not is_served(channel):
        return "no_channel"
    if isinstance(recipient, Customer) and recipient.binned_at:
        return "binned"
    if isinstance(recipient, Member) and not recipient.is_active:
        return "left"
    if not address:
        return "no_address"
    try:
        validate_email(address)
    except ValidationError:
        return "bad_address"
    return ""


def _grounds(recipient: Recipient, purpose: str) -> str:
    if isinstance(recipient, Customer):
        return "consent" if purpose == MARKETING else "service"
    if purpose == ACCESS:
        return "own_staff"
    return "own_service" if isinstance(recipient, Member) else "address"
