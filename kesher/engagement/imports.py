"""History and plans from a file: what was said and done with customers, and what is to be done.

A line goes by what it says and how often the same was said before it in the file: two equal lines
are two contacts, the same file again is none, whatever was corrected in between.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from kesher.core.access import OPEN, Actor, require_kind
from kesher.core.archiving import RECORD, record_meant
from kesher.core.importing import values as cells
from kesher.core.importing.kinds import (
    Column,
    Importable,
    Outcome,
    Plan,
    Read,
    Verdict,
    importable,
    refused,
)
from kesher.core.importing.memory import Memory
from kesher.core.importing.reading import Line
from kesher.core.importing.refusals import CellMissing, LineRefused, shown
from kesher.core.importing.values import Place
from kesher.core.models import Change
from kesher.core.refusal import Refusal
from kesher.core.undo import Undone, undo_in_steps
from kesher.customers.import_columns import branches_by_name
from kesher.customers.import_finding import BY_ANY, Finder, SeveralCustomers
from kesher.customers.import_reading import Members
from kesher.customers.imports import place_of_business
from kesher.customers.models import Customer
from kesher.engagement import consent_columns, list_imports  # noqa: F401 - declare their own
from kesher.engagement.commands.tasks import NewTask, plan_tasks
from kesher.engagement.commands.touching import LONGEST, NewTouch, record_touches
from kesher.engagement.models import Task, Touch
from kesher.organization.fields import members_here
from kesher.organization.models import Branch, Member
from kesher.organization.queries import classifications_of

EARLIEST = datetime.date(1900, 1, 1)
Channel, Direction = Touch.Channel, Touch.Direction
CHANNELS = {
    Channel.NOTE: ("comment", "remark", "internal", "הערה", "תיעוד", "σχόλιο", "σημείωση"),
    Channel.CALL: ("phone", "phone call", "telephone", "tel", "שיחה", "טלפון", "שיחת טלפון",
                   "τηλέφωνο", "τηλεφώνημα"),
    Channel.VISIT: ("meeting", "appointment", "in person", "פגישה", "ביקור", "συνάντηση"),
    Channel.EMAIL: ("mail", "email", "מייל", "אימייל"),
    Channel.SMS: ("text", "text message", "מסרון", "μήνυμα"),
    Channel.WHATSAPP: ("whats app", "wa", "וואטסאפ", "ווטסאפ"),
    Channel.LETTER: ("post", "מכתב", "דואר", "γράμμα"),
    Channel.FORM: ("web form", "website", "טופס", "אתר", "φόρμα"),
}  # fmt: skip
DIRECTIONS = {
    Direction.IN: ("incoming", "inbound", "received", "נכנסת", "נכנס", "εισερχόμενο"),
    Direction.OUT: ("outgoing", "outbound", "sent", "יוצאת", "יוצא", "εξερχόμενο"),
    Direction.INTERNAL: ("פנימי", "εσωτερικό"),
}
KINDS = {
    Task.Kind.TODO: ("task", "follow up", "followup", "other", "משימה", "מעקב", "εργασία"),
    Task.Kind.CALL: ("phone", "phone call", "callback", "שיחה", "טלפון", "τηλέφωνο"),
    Task.Kind.VISIT: ("meeting", "פגישה", "ביקור", "συνάντηση"),
    Task.Kind.MESSAGE: ("email", "mail", "sms", "מייל", "הודעה", "email"),
}
STATES = {
    "open": ("pending", "todo", "new", "in progress", "not started", "no", "false", "0", "פתוח",
             "פתוחה", "בטיפול", "ανοιχτή", "ανοικτό", "εκκρεμεί"),
    "done": ("finished", "completed", "closed", "yes", "true", "1",
             "בוצע", "בוצעה", "הושלם", "סגור", "ολοκληρώθηκε", "έγινε", "κλειστή"),
    "dropped": ("cancelled", "canceled", "בוטל", "בוטלה", "ακυρώθηκε"),
}  # fmt: skip
BY_WHOM = ("owner", "assigned to", "assignee", "user", "agent", "employee", "staff", "by",
           "אחראי", "מטפל", "נציג", "עובד", "υπεύθυνος", "χειριστής", "υπάλληλος")  # fmt: skip


class NotYetPast(LineRefused):
    message = _("“%(value)s” has not come yet. What is to come is a task.")


class AlreadyOver(LineRefused):
    message = _("This task is finished; without the day it was done only open ones are taken in.")


class ClassificationUnknown(LineRefused):
    message = _("There is no classification “%(name)s” here that you may read.")


def _member_column(label: Any) -> Column:
    return Column(
        name="member", label=label, reads=cells.text_of(254), known_as=BY_WHOM,
        choices=lambda actor: [(name, name) for _pk, name in members_here(actor)],
    )  # fmt: skip


def _branch_column() -> Column:
    return Column(
        name="branch", label=_("Branch"), reads=cells.text_of(80), choices=branches_by_name,
        known_as=("location", "clinic", "store", "סניף", "מרפאה", "υποκατάστημα", "κατάστημα"),
    )  # fmt: skip


class OfCustomers(Importable):
    """A kind whose lines are about customers and are each taken once."""

    model: Any

    def place(self, by: Actor) -> Place:
        return place_of_business()

    def require(self, by: Actor) -> None:
        require_kind(by, "add", self.model)

    def judge(
        self, by: Actor, lines: Sequence[Read], plan: Plan, memory: Memory, place: Place
    ) -> list[Verdict]:
        finder, members = Finder(by, lines, plan), Members(by, "member")
        verdicts = [self._read(one, finder, members, memory) for one in lines]
        held = self._held([v.wanted.key for v in verdicts if v.wanted])
        for verdict in verdicts:
            if verdict.wanted and verdict.wanted.key in held:
                verdict.outcome = Outcome.UNCHANGED
        return verdicts

    def _read(self, one: Read, finder: Finder, members: Members, memory: Memory) -> Verdict:
        line, said = one
        try:
            new = self.wanted(line, said, finder, members, memory)
        except SeveralCustomers as doubt:
            title = ", ".join(shown(cell) for cell in line.cells[:4] if cell.strip())
            return Verdict(
                line, Outcome.DOUBTFUL, title=title, reason=doubt,
                candidates=doubt.candidates,
            )  # fmt: skip
        except Refusal as refusal:
            return refused(line, refusal)
        return Verdict(line, Outcome.CREATED, title=self.title(new), wanted=new)

    def _held(self, keys: Sequence[str]) -> set[str]:
        rows = self.model.objects.filter(key__among=keys).exclude(key="")  # as the index says it
        held = set(rows.values_list("key", flat=True))
        ours = {pk: key for key in keys if (pk := record_meant(key))}
        there = self.model.objects.filter(pk__in=ours).values_list("pk", flat=True)
        return held | {ours[pk] for pk in there}

    def wanted(
        self, line: Line, said: Mapping[str, Any], finder: Finder, members: Members, memory: Memory
    ) -> Any:
        """What a line will be, with its key."""
        raise NotImplementedError

    def title(self, new: Any) -> str:
        """What a line is about, for people."""
        raise NotImplementedError

    def undo(self, by: Actor, batch: str, into: str) -> Iterator[Undone]:
        """What is taken back may be brought again: its lines are forgotten."""
        yield from undo_in_steps(by=by, batch=batch, into=into)
        gone = self.gone(self.model.objects.exclude(key=""))
        gone.filter(pk__in=_added(self.model, batch)).update(key="")

    def gone(self, rows: Any) -> Any:
        """Of some rows those that were taken back."""
        raise NotImplementedError


def _added(model: Any, batch: str) -> Any:
    rows = Change.objects.filter(kind=model._meta.label_lower, batch=batch, before__isnull=True)
    return rows.values("record_id")


def _member(said: Mapping[str, Any], members: Members) -> Member | None:
    return members.known_as(said["member"]) if said.get("member") else None


def _classification(said: Mapping[str, Any], by: Actor) -> str:
    """The classification that a line names; one that is not known here would hide what it says."""
    key = said.get("classification", OPEN)
    if key != OPEN and key not in {one.key for one in classifications_of(by)}:
        raise ClassificationUnknown(name=shown(key))
    return str(key)


def _branch(said: Mapping[str, Any], finder: Finder) -> Branch | None:
    return finder.ours.branch(said["branch"]) if said.get("branch") else None


def _key(line: Mapping[str, Any], memory: Memory, *said: Any) -> str:
    """The name of a line: what it was where it comes from, else all that it says."""
    return str(line["record"]) if "record" in line else memory.names_of([said])[0]


def _new_ones(verdicts: Sequence[Verdict]) -> list[Any]:
    return [v.wanted for v in verdicts if v.outcome == Outcome.CREATED]


@importable
class Touches(OfCustomers):
    name = "touches"
    label = _("calls, visits and notes")
    model = Touch
    columns = (
        *BY_ANY,
        Column(
            name="happened_at", label=_("When"), is_day=True, reads=cells.read_moment,
            known_as=("date", "datetime", "date time", "moment", "call date", "activity date",
                      "start time", "תאריך", "מועד", "תאריך ושעה",
                      "תאריך שיחה", "ημερομηνία", "ημερομηνία και ώρα"),
        ),
        Column(
            name="time", label=_("Time"), reads=cells.read_time,
            known_as=("hour", "call time", "שעה", "ώρα"),
        ),
        Column(
            name="channel", label=_("Channel"), reads=cells.choice_of(Channel.choices, CHANNELS),
            choices=lambda actor: Channel.choices,
            known_as=("type", "activity type", "contact type", "סוג", "סוג פעילות", "ערוץ",
                      "τύπος", "κανάλι", "είδος επαφής"),
        ),
        Column(
            name="direction", label=_("Direction"),
            reads=cells.choice_of(Direction.choices, DIRECTIONS),
            choices=lambda actor: Direction.choices,
            known_as=("in out", "כיוון", "κατεύθυνση"),
        ),
        Column(
            name="subject", label=_("Subject"), reads=cells.text_of(200),
            known_as=("title", "topic", "נושא", "כותרת", "θέμα", "τίτλος"),
        ),
        Column(
            name="text", label=_("Text"), reads=cells.long_text_of(LONGEST),
            known_as=("note", "notes", "description", "body", "content", "summary", "comments",
                      "תוכן", "הערה", "הערות", "תיאור", "סיכום", "κείμενο", "σημείωση",
                      "σημειώσεις", "περιγραφή", "σχόλια"),
        ),
        Column(
            name="outcome", label=_("Outcome"), reads=cells.text_of(60),
            known_as=("result", "call result", "תוצאה", "αποτέλεσμα"),
        ),
        Column(
            name="minutes", label=_("Minutes"), reads=cells.read_number,
            known_as=("duration", "length", "משך", "דקות", "διάρκεια", "λεπτά"),
        ),
        _member_column(_("Colleague")),
        _branch_column(),
        Column(name="classification", label=_("Classification"), reads=cells.text_of(40)),
        RECORD,
    )  # fmt: skip
    needs = (("customer", "phone", "email"), ("happened_at",), ("text", "subject", "channel"))

    def wanted(
        self, line: Line, said: Mapping[str, Any], finder: Finder, members: Members, memory: Memory
    ) -> NewTouch:
        """A contact as it will stand in the history."""
        customer = finder.customer(line.number, said)
        if "happened_at" not in said:
            raise CellMissing(column=_("When"))
        moment: datetime.datetime = said["happened_at"]
        if "time" in said:
            moment = moment.replace(hour=said["time"].hour, minute=said["time"].minute)
        if moment > datetime.datetime.now(datetime.UTC):
            raise NotYetPast(value=moment.date())
        channel = said.get("channel") or Channel.NOTE
        text, subject = said.get("text", ""), said.get("subject", "")
        if channel == Channel.NOTE and not (text or subject):
            raise CellMissing(column=_("Text"))
        minutes = said.get("minutes")
        return NewTouch(
            customer=customer, channel=channel, happened_at=moment, text=text, subject=subject,
            direction=said.get("direction", ""), outcome=said.get("outcome", ""),
            minutes_length=min(max(int(minutes), 0), 32_000) if minutes is not None else None,
            member=_member(said, members),
            branch=_branch(said, finder),
            classification=_classification(said, finder.by),
            key=_key(said, memory, customer.pk, moment.isoformat(), channel, subject, text),
        )  # fmt: skip

    def title(self, new: NewTouch) -> str:
        """Who, when and what."""
        day = date_format(new.happened_at.date())
        return f"{new.customer.name} · {day} · {(new.subject or new.text)[:60]}"

    def write(self, by: Actor, verdicts: Sequence[Verdict], plan: Plan, memory: Memory) -> None:
        if new := _new_ones(verdicts):
            now = datetime.datetime.now(datetime.UTC)
            record_touches(by=by, touches=new, now=now, batch=plan.batch)

    def gone(self, rows: Any) -> Any:
        """Those in the bin."""
        return rows.exclude(binned_at=None)


@importable
class Tasks(OfCustomers):
    name = "tasks"
    label = _("tasks")
    model = Task
    columns = (
        *BY_ANY,
        Column(
            name="title", label=_("Task"), reads=cells.text_of(200),
            known_as=("subject", "what", "to do", "todo", "task name", "משימה", "נושא",
                      "כותרת", "מה לעשות", "εργασία", "τίτλος", "θέμα"),
        ),
        Column(
            name="note", label=_("Note"), reads=cells.long_text_of(LONGEST),
            known_as=("notes", "description", "details", "הערה", "הערות", "תיאור", "פירוט",
                      "σημείωση", "σημειώσεις", "περιγραφή"),
        ),
        Column(
            name="due_on", label=_("Due"), is_day=True,
            reads=cells.day_between(datetime.date(2000, 1, 1), 3650),
            known_as=("due date", "due on", "deadline", "date", "when", "תאריך יעד", "לביצוע עד",
                      "תאריך", "מועד", "προθεσμία", "ημερομηνία", "έως"),
        ),
        Column(
            name="due_time", label=_("Time"), reads=cells.read_time,
            known_as=("due time", "hour", "שעה", "ώρα"),
        ),
        Column(
            name="kind", label=_("Kind"), reads=cells.choice_of(Task.Kind.choices, KINDS),
            choices=lambda actor: Task.Kind.choices,
            known_as=("type", "task type", "סוג", "סוג משימה", "τύπος", "είδος"),
        ),
        Column(
            name="state", label=_("State"),
            reads=cells.choice_of(Task.State.choices, STATES),
            known_as=("status", "done", "completed", "סטטוס", "מצב", "בוצע", "κατάσταση"),
        ),
        _member_column(_("Responsible")),
        _branch_column(),
        Column(
            name="done_at", label=_("Done on"), is_day=True, reads=cells.read_moment,
            known_as=("completed on", "completed at", "finished on", "date completed", "בוצע ב",
                      "תאריך ביצוע", "ολοκληρώθηκε στις"),
        ),
        RECORD,
    )  # fmt: skip
    needs = (("title",),)

    def wanted(
        self, line: Line, said: Mapping[str, Any], finder: Finder, members: Members, memory: Memory
    ) -> NewTask:
        """A task as it will be planned; about a customer only where the line names one."""
        is_about = any(said.get(name) for name in ("customer", "phone", "email"))
        customer: Customer | None = finder.customer(line.number, said) if is_about else None
        if not said.get("title"):
            raise CellMissing(column=_("Task"))
        state, done_at = said.get("state"), said.get("done_at")
        if state == "dropped" or (state == "done" and not done_at):
            raise AlreadyOver
        return NewTask(
            title=said["title"], customer=customer, kind=said.get("kind") or Task.Kind.TODO,
            note=said.get("note", ""), due_on=said.get("due_on"), due_time=said.get("due_time"),
            owner=_member(said, members),
            done_at=done_at if state == "done" else None, branch=_branch(said, finder),
            key=_key(said, memory, customer.pk if customer else "", said["title"],
                     said.get("due_on"), said.get("due_time"), said.get("member", "")),
        )  # fmt: skip

    def title(self, new: NewTask) -> str:
        """What is to be done, for whom."""
        return f"{new.title} · {new.customer.name}" if new.customer else new.title

    def write(self, by: Actor, verdicts: Sequence[Verdict], plan: Plan, memory: Memory) -> None:
        if new := _new_ones(verdicts):
            plan_tasks(by=by, tasks=new, batch=plan.batch)

    def gone(self, rows: Any) -> Any:
        """Those that are dropped."""
        return rows.filter(state=Task.State.DROPPED)
