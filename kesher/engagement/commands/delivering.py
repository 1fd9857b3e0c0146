"""Messages leave the outbox: claimed, handed over, settled, each step in its own transaction.

A crash between claiming and settling leaves a message that may have left; it is never sent again
by itself. The provider is asked by the message's key, and where it keeps no list a person decides.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, require, require_kind
from kesher.core.events import announce
from kesher.core.files import opened
from kesher.core.models import StoredFile
from kesher.core.refusal import Refusal
from kesher.engagement.channels.registry import transport_for
from kesher.engagement.channels.transport import (
    Fate,
    Never,
    NotNow,
    Outgoing,
    Picture,
    Transport,
    Uncertain,
)
from kesher.engagement.events import MessageFailed, MessageSent, MessageWithdrawn
from kesher.engagement.face import logo_in
from kesher.engagement.gate import objection_to
from kesher.engagement.message_texts import ACCESS
from kesher.engagement.models import Message
from kesher.organization.queries import business

LEASE = timedelta(minutes=5)  # longer than any transport may take
ATTEMPTS = 8
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=4)
State = Message.State


class NotInDoubt(Refusal):
    """Only the fate of an interrupted message can be decided by a person."""

    message = _("What became of this message is known.")
    status = 409


def deliver_next(*, by: Actor, now: datetime) -> Message | None:
    """Send the message that has waited longest; nothing when none is due."""
    require_kind(by, "add", Message)
    message = _claim(now)
    if message is None:
        return None
    if objection := objection_to(message):
        _hold_back(by, message, objection)
        return message
    transport = transport_for(message)
    try:
        transport.send(_outgoing(message))
    except NotNow as error:
        _postpone(by, message, str(error), now)
    except Never as error:
        _settle(by, message, State.FAILED, now, error=str(error))
    except Uncertain as error:
        _settle(by, message, State.UNKNOWN, now, error=str(error))
    else:
        _settle(by, message, State.SENT, now, transport=transport)
    return message


@transaction.atomic
def _claim(now: datetime) -> Message | None:
    due = Message.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=State.WAITING, not_before__lte=now
    )
    message = due.order_by("not_before", "id").first()
    if message is None:
        return None
    message.state = State.SENDING
    message.attempts += 1
    message.not_before = now + LEASE  # until then nobody wonders where it is
    message.save(update_fields=["state", "attempts", "not_before"])
    return message


@transaction.atomic
def _hold_back(by: Actor, message: Message, why: str) -> None:
    """A message that may not leave any more stays, with the reason."""
    message.state, message.reason = State.REFUSED, why
    message.save(update_fields=["state", "reason"])
    announce(MessageWithdrawn(message_id=message.pk), by=by, about=message)


def _outgoing(message: Message) -> Outgoing:
    return Outgoing(
        key=message.key,
        message_id=_message_id(message),
        sender_name=business().name,
        address=message.address,
        language=message.language,
        subject=message.subject,
        text=message.text,
        html=message.html,
        picture=_picture(message),
    )


def _picture(message: Message) -> Picture | None:
    """The logo as it was when the message was written."""
    digest = logo_in(message.html)
    kept = StoredFile.objects.filter(digest__startswith=digest).first() if digest else None
    if kept is None:
        return None
    try:
        with opened(kept) as file:
            return Picture(f"{digest}@logo", kept.content_type, file.read())
    except FileNotFoundError:
        return None


def _message_id(message: Message) -> str:
    """The name under which mail servers know the message: the same at every attempt."""
    digest = hashlib.sha256(message.key.encode()).hexdigest()[:20]
    return f"<{message.pk}.{digest}@{settings.ADDRESS.host}>"


@transaction.atomic
def _settle(
    by: Actor,
    message: Message,
    state: str,
    now: datetime,
    *,
    error: str = "",
    transport: Transport | None = None,
) -> None:
    message.state = state
    message.error = error[:500]
    message.sent_at = now if state == State.SENT else None
    if state == State.SENT and message.purpose == ACCESS and transport is not None:
        _forget_words(message, transport)
    message.save()
    fact = MessageSent if state == State.SENT else MessageFailed
    announce(fact(message_id=message.pk), by=by, about=message)


def _forget_words(message: Message, transport: Transport) -> None:
    """A link that signs somebody in is kept nowhere in clear once it left."""
    if transport.leaves_the_house:
        message.text = message.html = ""


@transaction.atomic
def _postpone(by: Actor, message: Message, error: str, now: datetime) -> None:
    if message.attempts >= ATTEMPTS:
        _settle(by, message, State.FAILED, now, error=error)
        return
    message.state = State.WAITING
    message.error = error[:500]
    message.not_before = now + min(FIRST_WAIT * 4 ** (message.attempts - 1), LONGEST_WAIT)
    message.save(update_fields=["state", "error", "not_before"])


def forget_old_links(*, by: Actor, before: datetime) -> int:
    """Drop the words of messages whose links no longer sign anybody in, wherever they ended."""
    require_kind(by, "add", Message)
    old = Message.objects.filter(purpose=ACCESS, created_at__lt=before).exclude(text="")
    return old.exclude(state__in=(State.WAITING, State.SENDING)).update(text="", html="")


def recover_interrupted(*, by: Actor, now: datetime) -> int:
    """Look for messages whose sender died half-way, and ask the provider what became of them."""
    require_kind(by, "add", Message)
    lost = Message.objects.filter(state=State.SENDING, not_before__lt=now)
    found = 0
    for pk in list(lost.values_list("pk", flat=True)[:100]):
        found += _recover(by, pk, now)
    return found


@transaction.atomic
def _recover(by: Actor, pk: int, now: datetime) -> bool:
    message = (
        Message.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk=pk, state=State.SENDING, not_before__lt=now)
        .first()
    )
    if message is None:
        return False
    transport = transport_for(message)
    fate = transport.look_up(_outgoing(message))
    if fate is Fate.SENT:
        _settle(by, message, State.SENT, now, transport=transport)
    elif fate is Fate.NOT_SENT:
        _postpone(by, message, "interrupted", now)
    else:
        _settle(by, message, State.UNKNOWN, now, error="interrupted")
    return True


@transaction.atomic
def send_again(*, by: Actor, message: Message, now: datetime) -> None:
    """A person decides that an interrupted or failed message goes out once more."""
    require(by, "add", message)
    held = Message.objects.select_for_update().get(pk=message.pk)
    if held.state not in (State.UNKNOWN, State.FAILED) or not held.text:
        raise NotInDoubt
    held.state, held.not_before, held.attempts, held.error = State.WAITING, now, 0, ""
    held.save(update_fields=["state", "not_before", "attempts", "error"])


@transaction.atomic
def accept_as_sent(*, by: Actor, message: Message, now: datetime) -> None:
    """A person knows that an interrupted message did arrive."""
    require(by, "add", message)
    held = Message.objects.select_for_update().get(pk=message.pk)
    if held.state != State.UNKNOWN:
        raise NotInDoubt
    _settle(by, held, State.SENT, now, transport=transport_for(held))
