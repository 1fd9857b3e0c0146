"""The mailbox: every message that Kesher sent or is about to send, and what became of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kesher.core.access import Guarded, allows, guard, require_kind, visible
from kesher.engagement.commands.delivering import accept_as_sent, send_again
from kesher.engagement.commands.messaging import withdraw_message
from kesher.engagement.gate import REASONS
from kesher.engagement.models import Message
from kesher.surface.found import found
from kesher.surface.page import go

PAGE = 50
State = Message.State
WHICH: dict[str, tuple[Any, tuple[str, ...]]] = {
    "all": (pgettext_lazy("messages", "All"), ()),
    "waiting": (gettext_lazy("Waiting"), (State.WAITING, State.SENDING)),
    "sent": (gettext_lazy("Sent"), (State.SENT,)),
    "doubt": (gettext_lazy("Needs a look"), (State.UNKNOWN, State.FAILED)),
    "refused": (gettext_lazy("Not sent"), (State.REFUSED,)),
}
TONES = {
    State.WAITING: ("", "clock"), State.SENDING: ("", "send"), State.SENT: ("ok", "check"),
    State.FAILED: ("bad", "alert-circle"), State.UNKNOWN: ("warn", "help"),
    State.REFUSED: ("line", "ban"),
}  # fmt: skip


def _shown(message: Guarded) -> dict[str, Any]:
    tone, icon = TONES[State(message.state)]
    return {"message": message, "tone": tone, "icon": icon, "reason": REASONS.get(message.reason)}


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The messages, the latest first."""
    require_kind(request.actor, "view", Message)
    which = request.GET.get("which", "all")
    which = which if which in WHICH else "all"
    rows = visible(request.actor, Message).select_related("customer", "member")
    if WHICH[which][1]:
        rows = rows.filter(state__in=WHICH[which][1])
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 18:
        rows = rows.filter(pk__lt=int(before))
    page = guard(request.actor, rows.order_by("-pk")[: PAGE + 1])
    context = {
        "rows": [_shown(message) for message in page[:PAGE]],
        "tabs": [(key, label, key == which) for key, (label, _states) in WHICH.items()],
        "which": which,
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "leaves": bool(settings.KESHER_MAIL_URL) and not request.business.is_demo,
    }
    return render(request, "engagement/mailbox.html", context)


@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One message as it was or will be sent."""
    message = found(request.actor, Message, pk, "customer", "member")
    is_writable = allows(request.actor, "add", message)
    context = _shown(guard(request.actor, message)) | {
        "may_withdraw": is_writable and message.state == State.WAITING,
        "may_repeat": is_writable
        and message.state in (State.UNKNOWN, State.FAILED)
        and bool(message.text),
        "may_accept": is_writable and message.state == State.UNKNOWN,
        "is_forgotten": not message.text,
    }
    return render(request, "engagement/letter.html", context)


@require_POST
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a message back that has not left."""
    withdraw_message(by=request.actor, message=found(request.actor, Message, pk))
    messages.success(request, _("The message does not leave."))
    return go(request, "letter", pk)


@require_POST
def repetition(request: HttpRequest, pk: int) -> HttpResponse:
    """Send once more what failed or may not have arrived."""
    send_again(by=request.actor, message=found(request.actor, Message, pk), now=timezone.now())
    messages.success(request, _("The message leaves again."))
    return go(request, "letter", pk)


@require_POST
def acceptance(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody knows that it arrived."""
    accept_as_sent(by=request.actor, message=found(request.actor, Message, pk), now=timezone.now())
    messages.success(request, _("The message counts as sent."))
    return go(request, "letter", pk)
