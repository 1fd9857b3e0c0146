"""Notifications: what a member should notice, once, until it is read."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import SYSTEM, Actor, require_kind, visible
from kesher.core.events import announce
from kesher.core.feeds.models import Feed
from kesher.core.feeds.queries import may_connect
from kesher.core.models import EventRecord, Job
from kesher.core.refusal import Refusal
from kesher.customers.models import EmergencyAccess
from kesher.engagement.events import MemberNotified, MessageQueued, NotificationRead
from kesher.engagement.models import Message, Notification, Task, Touch
from kesher.organization.models import Absence, Member
from kesher.organization.queries import actor_of, owners

Notable = Touch | Task | Absence | Job | Message | Feed | EmergencyAccess
KINDS = {
    Touch: Notification.Kind.MENTION,
    Task: Notification.Kind.TASK,
    Absence: Notification.Kind.ABSENCE,
    Job: Notification.Kind.JOB,
    Message: Notification.Kind.MESSAGE,
    Feed: Notification.Kind.SOURCE,
    EmergencyAccess: Notification.Kind.EMERGENCY,
}


class NothingToNotice(Refusal):
    """A kind of record that nobody is told of."""

    message = _("Nobody can be notified of this.")


@transaction.atomic
def notify_member(
    *, by: Actor, member: Member, about: Notable, caused_by_id: int | None, now: datetime
) -> Notification | None:
    """Tell a member of something that concerns him, unless he may not see it."""
    if type(about) not in KINDS:
        raise NothingToNotice
    if not member.is_active or not _may_see(member, about):
        return None
    notification, _is_new = Notification.objects.update_or_create(
        member=member,
        kind=KINDS[type(about)],
        about_kind=about._meta.label_lower,
        about_id=about.pk,
        defaults={"caused_by_id": caused_by_id, "created_at": now, "read_at": None},
    )
    announce(MemberNotified(notification_id=notification.pk), by=by, about=notification)
    return notification


@transaction.atomic
def notify_of_doubt(*, by: Actor, message: Message, now: datetime) -> list[Notification]:
    """Tell whoever wrote a message that it may not have arrived; of Kesher's own, the owners."""
    written = EventRecord.objects.filter(name=MessageQueued.key(), record_id=message.pk)
    author_id = written.values_list("actor_id", flat=True).first()
    return _tell_him_or_owners(by, author_id, message, now)


@transaction.atomic
def notify_of_trouble(*, by: Actor, feed: Feed, now: datetime) -> list[Notification]:
    """Tell whoever connected a source that it is silent or cannot be read; else the owners."""
    return _tell_him_or_owners(by, feed.actor_id, feed, now)


@transaction.atomic
def notify_of_emergency(*, by: Actor, access: EmergencyAccess, now: datetime) -> list[Notification]:
    """Tell the owners that somebody opened in an emergency what was closed to him, and why."""
    rung = [
        notify_member(by=by, member=one, about=access, caused_by_id=access.member_id, now=now)
        for one in owners(SYSTEM)
    ]
    return [one for one in rung if one is not None]


def _tell_him_or_owners(
    by: Actor, member_id: int | None, about: Notable, now: datetime
) -> list[Notification]:
    himself = Member.objects.filter(pk=member_id, is_active=True).select_related("role")
    for told in (himself, owners(SYSTEM)):
        rung = [
            notify_member(by=by, member=one, about=about, caused_by_id=None, now=now)
            for one in told
        ]
        if found := [one for one in rung if one is not None]:
            return found
    return []


@transaction.atomic
def notify_of_recovery(*, by: Actor, feed_id: int, now: datetime) -> int:
    """Take back the word that a source is in trouble, and return from how many bells."""
    unread = Notification.objects.filter(
        about_kind=Feed._meta.label_lower, about_id=feed_id, read_at__isnull=True
    )
    told = list(unread)
    unread.update(read_at=now)
    for one in told:
        announce(NotificationRead(notification_id=one.pk), by=by, about=one)
    return len(told)


def _may_see(member: Member, about: Notable) -> bool:
    if isinstance(about, Job):
        return about.actor_id == member.pk
    if isinstance(about, Feed):
        return may_connect(actor_of(member))
    return visible(actor_of(member), type(about)).filter(pk=about.pk).exists()


@transaction.atomic
def read_notifications(*, by: Actor, ids: list[int] | None, now: datetime) -> int:
    """Say that one has noticed these, or everything there is, and return how many were new."""
    require_kind(by, "change", Notification)
    unread = visible(by, Notification, "change").filter(read_at__isnull=True)
    rows = unread if ids is None else unread.filter(pk__in=ids)
    latest = rows.order_by("-pk").first()
    if latest is None:
        return 0
    count = rows.update(read_at=now)
    announce(NotificationRead(notification_id=latest.pk), by=by, about=latest)
    return count
