"""Who sees which touches, tasks, files and messages. A touch is seen with its customer."""

from django.db.models import Q

from kesher.core.access import OPEN, Actor, Policy, Scope, policy_for
from kesher.engagement import models


@policy_for(models.Touch)
class TouchPolicy(Policy):
    owner = "member"
    within = "customer"
    row_classification = "classification"
    fields = {
        f: OPEN
        for f in (
            "id", "customer", "channel", "direction", "happened_at", "member", "branch",
            "subject", "text", "folded", "outcome", "minutes_length", "classification", "pinned_at",
            "severity", "settled_at", "binned_at", "key", "is_demo", "version",
        )
    }  # fmt: skip
    shows = frozenset({"attachments"})
    label = ("subject",)


@policy_for(models.Task)
class TaskPolicy(Policy):
    owner = "owner"
    team = "team"
    branch = "branch"
    within = "customer"
    fields = {
        f: OPEN
        for f in (
            "id", "customer", "kind", "title", "note", "due_on", "due_time", "owner", "team",
            "branch", "repeat", "repeat_day", "next_title", "next_days", "state", "done_at",
            "done_by", "follows", "created_by", "created_at", "key", "is_demo", "version",
        )
    }  # fmt: skip
    label = ("title",)


@policy_for(models.CustomerPulse)
class CustomerPulsePolicy(Policy):
    within = "customer"
    fields = {
        f: OPEN
        for f in (
            "customer", "last_touch_at", "last_channel", "next_due_on", "next_task",
            "open_tasks", "open_complaints", "closed_at",
        )
    }  # fmt: skip


@policy_for(models.Attachment)
class AttachmentPolicy(Policy):
    owner = "added_by"
    within = "customer"
    row_classification = "classification"
    fields = {
        f: OPEN
        for f in (
            "id", "customer", "touch", "file", "name", "classification", "added_by", "added_at",
            "binned_at", "is_demo", "version",
        )
    }  # fmt: skip
    label = ("name",)


@policy_for(models.Message)
class MessagePolicy(Policy):
    """What leaves the house: read by those cleared for how to reach people.

    What is written to one of us may hold a link that signs in: seen by him and by whoever
    manages all members, and so could sign in as him anyway.
    """

    owner = "member"
    within = "customer"

    def shared(self, actor: Actor, scope: Scope) -> Q:
        rows = super().shared(actor, scope)
        if scope <= Scope.OWN or actor.scope("organization.member", "manage") == Scope.ALL:
            return rows
        return rows & (Q(customer__isnull=False) | Q(member=actor.member_id))

    fields = {
        "id": OPEN, "key": OPEN, "purpose": OPEN, "channel": OPEN, "template": OPEN,
        "language": OPEN, "address": "contact", "subject": "contact", "text": "contact",
        "html": "contact", "customer": OPEN, "member": OPEN, "about_kind": OPEN,
        "about_id": OPEN, "reason": OPEN, "state": OPEN, "attempts": OPEN, "not_before": OPEN,
        "sent_at": OPEN, "error": OPEN, "created_at": OPEN,
    }  # fmt: skip
    label = ("template",)


@policy_for(models.MessageText)
class MessageTextPolicy(Policy):
    fields = {
        f: OPEN for f in ("id", "template", "language", "subject", "body", "button", "version")
    }
    label = ("template",)


@policy_for(models.DoNotContact)
class DoNotContactPolicy(Policy):
    """Whoever put an address on the list may take that one off again."""

    owner = "added_by"
    fields = {
        "id": OPEN, "kind": OPEN, "normal": "contact", "raw": "contact", "forbids": OPEN,
        "reason": "contact", "origin": OPEN, "since_on": OPEN, "until_on": OPEN, "added_by": OPEN,
        "lifted_at": OPEN, "lifted_reason": "contact", "version": OPEN,
    }  # fmt: skip
    label = ("raw",)


@policy_for(models.Consent)
class ConsentPolicy(Policy):
    within = "customer"
    fields = {
        "id": OPEN, "customer": OPEN, "purpose": OPEN, "channel": OPEN, "is_given": OPEN,
        "happened_at": OPEN, "proof": "contact", "recorded_by": OPEN, "recorded_at": OPEN,
        "voided_at": OPEN, "version": OPEN,
    }  # fmt: skip


@policy_for(models.Notification)
class NotificationPolicy(Policy):
    owner = "member"
    fields = {
        f: OPEN
        for f in (
            "id", "member", "kind", "about_kind", "about_id", "caused_by", "created_at", "read_at",
        )
    }  # fmt: skip


@policy_for(models.Draft)
class DraftPolicy(Policy):
    owner = "member"
    fields = {f: OPEN for f in ("id", "member", "customer", "channel", "text", "saved_at")}


@policy_for(models.Presence)
class PresencePolicy(Policy):
    owner = "member"
    within = "customer"
    fields = {f: OPEN for f in ("id", "member", "customer", "field", "seen_at")}
