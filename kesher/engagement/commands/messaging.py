"""Sending a message: written once into the outbox, on its way as soon as this commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, require, require_kind
from kesher.core.events import announce
from kesher.core.refusal import Refusal
from kesher.customers.models import Customer
from kesher.engagement import face
from kesher.engagement.events import MessageQueued, MessageWithdrawn
from kesher.engagement.gate import Decision, Recipient, decide
from kesher.engagement.message_texts import MARKETING, SERVICE, TEMPLATES, MessageTemplate
from kesher.engagement.models import Message
from kesher.engagement.wording import filled, text_of
from kesher.organization.models import Member
from kesher.organization.queries import business


class UnknownTemplate(Refusal):
    """There is no such message."""

    message = _("There is no message called %(name)s.")


class UnknownPurpose(Refusal):
    """Nothing is sent under another purpose than its own, but for marketing."""

    message = _("This message cannot be sent for the purpose “%(name)s”.")


class AlreadyOnItsWay(Refusal):
    """What was handed over cannot be called back."""

    message = _("This message has already left.")
    status = 409


@transaction.atomic
def send_message(
    *,
    by: Actor,
    template: str,
    to: Recipient,
    context: Mapping[str, object],
    key: str,
    now: datetime,
    about: models.Model | None = None,
    purpose: str = "",
    channel: str = "email",
    language: str = "",
    not_before: datetime | None = None,
) -> Message:
    """Write to somebody in his language, if the gate lets it pass; the same key is sent once."""
    _require_right_to_write(by, to)
    if template not in TEMPLATES:
        raise UnknownTemplate(name=template[:60])
    kept = Message.objects.filter(key=key).first()
    if kept is not None:
        return kept
    chosen = TEMPLATES[template]
    meant = _purpose(chosen, purpose)
    decision = decide(to, purpose=meant, channel=channel, language=language, now=now)
    message = _write(chosen, to, context, decision, meant)
    message.key = key
    message.not_before = max(not_before or now, decision.not_before)
    if about is not None:
        message.about_kind, message.about_id = about._meta.label_lower, about.pk
    message.save(force_insert=True)
    if decision.passes:
        announce(MessageQueued(message_id=message.pk), by=by, about=message)
    return message


def _purpose(template: MessageTemplate, asked: str) -> str:
    """What a message is for; whoever sends it may make it marketing, and never less than it is."""
    if asked in ("", template.purpose):
        return template.purpose
    if asked == MARKETING and template.purpose == SERVICE:
        return MARKETING
    raise UnknownPurpose(name=asked[:60])


def _require_right_to_write(by: Actor, to: Recipient) -> None:
    if isinstance(to, Customer):
        require_kind(by, "add", Message)
        require(by, "view", to)
    elif not (isinstance(to, Member) and to.pk == by.member_id):
        require_kind(by, "manage", Member)


def _write(
    template: MessageTemplate,
    to: Recipient,
    context: Mapping[str, object],
    decision: Decision,
    purpose: str,
) -> Message:
    text = filled(template, text_of(template, decision.language), context)
    link = str(context.get(template.link, "")) if template.link else ""
    return Message(
        purpose=purpose,
        channel=decision.channel,
        template=template.name,
        language=decision.language,
        address=decision.address,
        subject=text.subject,
        text=face.plain(text.body, text.button, link),
        html=face.html(
            business=business(), language=decision.language, subject=text.subject,
            body=text.body,
            button=text.button, link=link,
        ),
        customer=to if isinstance(to, Customer) else None,
        member=to if isinstance(to, Member) else None,
        reason=decision.reason,
        state=Message.State.WAITING if decision.passes else Message.State.REFUSED,
    )  # fmt: skip


@transaction.atomic
def withdraw_message(*, by: Actor, message: Message) -> None:
    """Take back a message that has not left yet."""
    require(by, "add", message)
    held = Message.objects.select_for_update().get(pk=message.pk)
    if held.state != Message.State.WAITING:
        raise AlreadyOnItsWay
    held.state = Message.State.REFUSED
    held.reason = "withdrawn"
    held.save(update_fields=["state", "reason"])
    announce(MessageWithdrawn(message_id=held.pk), by=by, about=held)
