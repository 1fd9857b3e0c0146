"""The bell: what one should notice, and who may be mentioned."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kesher.core.access import Actor, guard, visible
from kesher.core.feeds.models import Feed
from kesher.core.feeds.queries import feeds_of, may_connect
from kesher.core.job_models import Job
from kesher.customers.models import Customer, EmergencyAccess
from kesher.engagement.commands.noticing import read_notifications
from kesher.engagement.models import Message, Notification, Task, Touch
from kesher.engagement.queries import PAGE, mentionable_members, notifications_of, unread_count
from kesher.organization.models import Absence
from kesher.surface.found import found
from kesher.web.engagement.acting import acted

ICONS = {"mention": "at", "task": "checkbox", "job": "circle-check", "absence": "beach",
         "message": "mail", "source": "refresh",
         "emergency": "lock-open"}  # fmt: skip
RELATED: dict[type, tuple[str, ...]] = {
    Touch: ("customer",), Task: ("customer",), Message: ("customer",), Absence: ("member",),
    EmergencyAccess: ("customer", "classification"),
}  # fmt: skip
PLACES = {"message": "letter", "source": "source", "job": "job"}
ABOUT: dict[str, type[Model]] = {"mention": Touch, "task": Task, "emergency": EmergencyAccess}


@dataclass(frozen=True)
class Notice:
    """One line under the bell."""

    pk: int
    icon: str
    kind: str
    who: str
    about: str  # the customer, where there is one
    text: str
    at: datetime
    is_new: bool


@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """Everything that one was told of, the latest first."""
    before = _moment(request.GET.get("before", ""))
    rows = notifications_of(request.actor, before=before)
    context = {
        "told": _notices(request.actor, rows[:PAGE]),
        "more": rows[PAGE - 1].created_at.isoformat() if len(rows) > PAGE else "",
        "unread": unread_count(request.actor),
    }
    return render(request, "engagement/notifications.html", context)


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


def _notices(actor: Actor, rows: Sequence[Notification]) -> list[Notice]:
    """The lines, without those whose record is out of sight by now."""
    records = _records(actor, rows)
    notices = []
    for row, seen in zip(rows, guard(actor, rows), strict=True):
        record = records.get((row.about_kind, row.about_id))
        if record is None:
            continue
        about, text = _words(actor, record)
        who = "" if seen.caused_by is None else str(seen.caused_by)
        notices.append(
            Notice(
                row.pk, ICONS[row.kind], row.kind, who, about, text, seen.created_at,
                is_new=seen.read_at is None,
            )
        )  # fmt: skip
    return notices


def _records(actor: Actor, rows: Sequence[Notification]) -> dict[tuple[str, int], Any]:
    """What the notifications are about, as far as the actor may still see it: one query a kind."""
    found_records: dict[tuple[str, int], Any] = {}
    for model, related in RELATED.items():
        kind = model._meta.label_lower
        ids = [row.about_id for row in rows if row.about_kind == kind]
        if ids:
            seen = visible(actor, model).filter(pk__in=ids).select_related(*related)
            found_records |= {(kind, one.pk): one for one in seen}
    binned = [key for key, one in found_records.items() if getattr(one, "binned_at", None)]
    for key in binned:
        del found_records[key]
    sources = [row.about_id for row in rows if row.about_kind == Feed._meta.label_lower]
    if sources and may_connect(actor):
        held = feeds_of(actor).filter(pk__in=sources)
        found_records |= {(Feed._meta.label_lower, one.pk): one for one in held}
    for row in rows:
        if row.about_kind == Job._meta.label_lower:
            found_records[row.about_kind, row.about_id] = row
    return found_records


def _words(actor: Actor, record: Any) -> tuple[str, str]:
    """The customer that it is about, and a text to know it by."""
    if isinstance(record, Notification):
        return "", ""
    if isinstance(record, Feed):
        return "", " · ".join(filter(None, (record.name, record.error)))
    seen = guard(actor, record)
    if isinstance(record, Absence):
        return "", str(seen.note or "")
    about = "" if seen.customer is None else str(seen.customer)
    if isinstance(record, EmergencyAccess):
        return about, f"{seen.classification} · {seen.reason}"
    if isinstance(record, Message):
        return about, str(seen.subject)
    return about, str(seen.text if isinstance(record, Touch) else seen.title)


@require_POST
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to what a notification is about; it is read then."""
    row = found(request.actor, Notification, pk)
    read_notifications(by=request.actor, ids=[pk], now=timezone.now())
    return redirect(_address(request.actor, row))


def _address(actor: Actor, row: Notification) -> str:
    """Where what it is about stands, as far as the reader may still go there."""
    if row.kind in PLACES:
        with suppress(NoReverseMatch):
            return reverse(PLACES[row.kind], args=[row.about_id])
    about = ABOUT.get(row.kind)
    record: Any = about and visible(actor, about).filter(pk=row.about_id).first()
    if isinstance(record, Touch):
        return f"{reverse('customer', args=[record.customer_id])}#touch-{record.pk}"
    if isinstance(record, EmergencyAccess):
        return reverse("customer-readers", args=[record.customer_id])
    return reverse("task", args=[record.pk]) if record else reverse("notifications")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Everything is noticed."""
    read_notifications(by=request.actor, ids=None, now=timezone.now())
    return acted(request, _("All read."), back=reverse("notifications"))


@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The bell alone, with how many are new."""
    return render(request, "engagement/_bell.html", {"bell_count": unread_count(request.actor)})


@require_safe
def mentionable(request: HttpRequest, pk: int) -> HttpResponse:
    """Colleagues whose name begins like what was typed after an @, and who may see the customer."""
    customer = found(request.actor, Customer, pk)
    typed = request.GET.get("q", "")[:60]
    members = mentionable_members(request.actor, customer, typed)
    return render(request, "engagement/_mentionable.html", {"members": members})
