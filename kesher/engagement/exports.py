"""History and plans as files that can be brought back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kesher.core.access import OPEN, Actor, visible
from kesher.core.archiving import Archived, archived, number_of, texts_of
from kesher.customers.exports import customers_out, members_in_files, number_in_files
from kesher.customers.points import Reading, read_point
from kesher.engagement.models import Attachment, Consent, DoNotContact, Message, Task, Touch
from kesher.organization.queries import business

CHOICES: dict[tuple[str, str], Any] = {
    ("touches", "channel"): Touch.Channel, ("touches", "direction"): Touch.Direction,
    ("tasks", "kind"): Task.Kind, ("tasks", "state"): Task.State,
    ("do-not-contact", "forbids"): DoNotContact.Forbids,
}  # fmt: skip


class WithChoices(Archived):
    """Records with columns of which one of a few things is chosen."""

    def texts(self, column: str, value: Any) -> list[Any]:
        """Choices by their names."""
        choices = CHOICES.get((self.name, column))
        return [str(choices(value).label), value] if choices else texts_of(value)


class OfCustomersOut(WithChoices):
    """Records about customers, with what was said or is to be done."""

    hangs_on = "customer_id"

    def member(self, pk: int | None) -> str:
        """How files name a colleague."""
        return self.members.get(pk or 0, "")

    def rows(self, by: Actor) -> QuerySet:
        """Those of customers who go out."""
        self.members = members_in_files(by)
        return self.of(by, Q(customer__in=customers_out(by))).select_related("customer", "branch")

    def of(self, by: Actor, theirs: Q) -> QuerySet:
        """The records that meet a condition on their customers."""
        raise NotImplementedError


@archived
class TouchesOut(OfCustomersOut):
    name = "touches"
    model = Touch
    right = "view"
    columns = (
        "customer", "happened_at", "channel", "direction", "subject", "text", "outcome",
        "minutes", "member", "branch", "classification", "record",
    )  # fmt: skip
    told_by = {"minutes": (Touch, "minutes_length"), "record": (Touch, "key")}

    def of(self, by: Actor, theirs: Q) -> QuerySet:
        """All but those in the bin."""
        return visible(by, Touch, self.right).filter(theirs, binned_at=None)

    def said(self, rows: Sequence[Touch]) -> Iterator[dict[str, Any]]:
        """A contact or a note."""
        for row in rows:
            yield {
                "customer": number_in_files(row.customer_id, row.customer.reference),
                "happened_at": row.happened_at, "channel": row.channel,
                "direction": row.direction, "subject": row.subject, "text": row.text,
                "outcome": row.outcome, "minutes": row.minutes_length,
                "member": self.member(row.member_id),
                "branch": row.branch.name if row.branch else "",
                "classification": "" if row.classification == OPEN else row.classification,
                "record": row.key or number_of(row.pk),
            }  # fmt: skip

    def left(self, by: Actor) -> Iterator[tuple[Any, int]]:
        """What a line of the history has no column for."""
        rows = self.rows(by)
        yield (
            _("that a contact was a complaint or an agreement"),
            rows.exclude(severity=None, pinned_at=None).count(),
        )
        files = Attachment.objects.filter(customer__in=customers_out(by), binned_at=None)
        yield _("attached files"), files.count()
        mails = Message.objects.filter(customer__in=customers_out(by))
        yield _("sent messages"), mails.count()
        consents = Consent.objects.filter(customer__in=customers_out(by), voided_at=None)
        yield _("consents that were given or taken back"), consents.count()


@archived
class TasksOut(OfCustomersOut):
    name = "tasks"
    model = Task
    columns = (
        "customer", "title", "note", "due_on", "due_time", "kind", "state", "done_at", "member",
        "branch", "record",
    )  # fmt: skip
    told_by = {"member": (Task, "owner"), "record": (Task, "key")}

    def of(self, by: Actor, theirs: Q) -> QuerySet:
        """Open ones, and those that were done; what was dropped is no plan any more."""
        rows = visible(by, Task, self.right).exclude(state=Task.State.DROPPED)
        return rows.exclude(state=Task.State.DONE, done_at=None).filter(theirs | Q(customer=None))

    def said(self, rows: Sequence[Task]) -> Iterator[dict[str, Any]]:
        """What is to be done, or was."""
        for row in rows:
            about = row.customer
            yield {
                "customer": number_in_files(about.pk, about.reference) if about else "",
                "title": row.title, "note": row.note, "due_on": row.due_on,
                "due_time": row.due_time, "kind": row.kind, "state": row.state,
                "done_at": row.done_at, "member": self.member(row.owner_id),
                "branch": row.branch.name if row.branch else "",
                "record": row.key or number_of(row.pk),
            }  # fmt: skip

    def left(self, by: Actor) -> Iterator[tuple[Any, int]]:
        """What a line of tasks has no column for."""
        rows, every = self.rows(by), visible(by, Task, self.right)
        yield _("tasks that were dropped"), every.filter(state=Task.State.DROPPED).count()
        yield (
            _("rhythm, follow-up and team of tasks"),
            rows.exclude(repeat="", next_title="", team=None).count(),
        )
        yield _("who finished a task"), rows.exclude(done_by=None).count()


@archived
class DoNotContactOut(WithChoices):
    name = "do-not-contact"
    model = DoNotContact
    columns = ("phone", "email", "forbids", "reason", "since", "until", "origin")
    told_by = {
        "phone": (DoNotContact, "raw"), "email": (DoNotContact, "raw"),
        "since": (DoNotContact, "since_on"), "until": (DoNotContact, "until_on"),
    }  # fmt: skip

    def rows(self, by: Actor) -> QuerySet:
        """All that stand on the list now."""
        return visible(by, DoNotContact, self.right).filter(lifted_at=None)

    def said(self, rows: Sequence[DoNotContact]) -> Iterator[dict[str, Any]]:
        """An address, and why nobody is to use it."""
        region = business().country
        for row in rows:
            yield {
                row.kind: [read_point(row.kind, row.raw, region)], "forbids": row.forbids,
                "reason": row.reason, "since": row.since_on, "until": row.until_on,
                "origin": row.origin,
            }  # fmt: skip

    def texts(self, column: str, value: Any) -> list[Any]:
        """Addresses as they were typed."""
        if column not in DoNotContact.Kind.values:
            return super().texts(column, value)
        (point,) = value
        assert isinstance(point, Reading)  # noqa: S101 - as it was said above
        return [point.raw, point.normal]

    def left(self, by: Actor) -> Iterator[tuple[Any, int]]:
        """What is over and only history."""
        lifted = visible(by, DoNotContact, self.right).exclude(lifted_at=None)
        yield _("entries that were taken off the do-not-contact list"), lifted.count()
