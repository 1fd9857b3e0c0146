"""The lines of a customer's history: what each entry says, with its icon, tone and time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kesher.core.access import Guarded
from kesher.core.timeline import Entry
from kesher.customers.timeline import Edit, FieldChange, Joined
from kesher.engagement.mentions import spans
from kesher.engagement.models import Message, Task, Touch
from kesher.engagement.pulse import CLOSED
from kesher.web import moments
from kesher.web.customers.names import Names

Channel, Direction = Touch.Channel, Touch.Direction
TOUCH_ICONS = {
    Channel.NOTE: "lock", Channel.CALL: "phone-outgoing", Channel.VISIT: "user-check",
    Channel.EMAIL: "mail", Channel.SMS: "device-mobile", Channel.WHATSAPP: "brand-whatsapp",
    Channel.CHAT: "message", Channel.LETTER: "mail-opened", Channel.FAX: "printer",
    Channel.FORM: "file",
}  # fmt: skip
TASK_ICONS = {
    Task.Kind.TODO: "checkbox", Task.Kind.CALL: "phone", Task.Kind.VISIT: "calendar-event",
    Task.Kind.MESSAGE: "message",
}  # fmt: skip

MESSAGE_LOOKS = {
    Message.State.SENT: ("ok", "check"), Message.State.FAILED: ("bad", "alert-circle"),
    Message.State.REFUSED: ("warn", "ban"), Message.State.UNKNOWN: ("warn", "alert-circle"),
}  # fmt: skip
DONE_ICONS = {Task.State.DONE: "check", Task.State.DROPPED: "x"}


@dataclass(frozen=True)
class Mark:
    """A state beside a line: an icon and a word."""

    tone: str
    icon: str
    word: str


@dataclass(frozen=True)
class Line:
    """One line of the history, ready to be drawn."""

    key: str
    look: str
    icon: str
    kind: str
    title: str = ""
    at: datetime | None = None
    day: date | None = None
    is_name: bool = False
    url: str = ""
    frame: str = ""  # note, bubble or "bubble out" around the text
    parts: Sequence[tuple[str, bool]] = ()  # the text; True where somebody is mentioned
    facts: Sequence[str] = ()
    by: str = ""
    marks: Sequence[Mark] = ()
    files: Sequence[Guarded] = ()
    fields: Sequence[FieldChange] = ()
    amount: Any = None
    currency: str = ""
    menu: str = ""  # address of what can be done
    done: str = ""  # address to finish a task
    asks: tuple[str, str] = ("", "")  # address of a question in a dialog, and its button
    month: str = ""  # heads a new month


def outcome_words() -> dict[str, str]:
    """What may come of a touch, in words."""
    return {
        "answered": _("answered"),
        "no_answer": _("not answered"),
        "left_word": _("left word"),
        "busy": _("busy"),
        "no_show": _("did not come"),
    }


class Lines:
    """Draws entries for one reader: what is asked along with them is asked once."""

    def __init__(
        self, files: Mapping[int | None, Sequence[Guarded]], names: Names, *, now: datetime
    ):
        self.files = files
        self.names = names
        self.today = moments.local_day(now)
        self.outcomes = outcome_words()
        self.touches = reverse("touch", args=[0])
        self.drawers: dict[str, Callable[[Entry], Line]] = {
            "touch": self._touch,
            "task": self._task,
            "file": self._file,
            "message": self._message,
            "purchase": self._purchase,
            "change": self._change,
            "merger": self._merger,
            "birthday": self._birthday,
        }

    def drawn(self, entries: Sequence[Entry], *, month: str | None = None) -> list[Line]:
        """The lines of these entries; each first one of a month heads it, but for `month`."""
        lines = []
        for entry in entries:
            line = self.drawers[entry.place.source](entry)
            name = self.month_of(entry.place.at) if month is not None else ""
            if month is not None and name != month:
                line, month = _headed(line, name), name
            lines.append(line)
        return lines

    def month_of(self, at: datetime) -> str:
        """The month of a moment as a heading, with its year where it is another."""
        day = moments.local_day(at)
        return date_format(day, "F" if day.year == self.today.year else "F Y")

    def upcoming(self, entries: Sequence[Entry]) -> list[Line]:
        """The lines of what is to come."""
        return [self.drawers[entry.place.source](entry) for entry in entries]

    # ---- one of each source

    def _touch(self, entry: Entry) -> Line:
        touch = entry.record
        address = self.touches.replace("/0/", f"/{touch.pk}/")
        return Line(
            key=f"touch-{touch.pk}",
            look=_touch_look(touch),
            icon=_touch_icon(touch),
            kind=str(touch.get_channel_display),
            title=str(touch.subject) or self.names.of(touch.member_id),
            is_name=not touch.subject,
            at=touch.happened_at,
            frame=_touch_frame(touch),
            parts=self._parts(str(touch.text)),
            facts=self._touch_facts(touch),
            by=self.names.of(touch.member_id) if touch.subject else "",
            marks=_touch_marks(touch),
            files=self.files.get(touch.pk, ()),
            menu=f"{address}menu/",
            url=address,
        )

    def _touch_facts(self, touch: Guarded) -> list[str]:
        facts = []
        if touch.channel not in (Channel.NOTE, Channel.VISIT, Channel.FORM) and (
            touch.direction != Direction.INTERNAL
        ):
            facts.append(str(touch.get_direction_display))
        if touch.outcome and touch.outcome != CLOSED:
            facts.append(self.outcomes.get(touch.outcome, str(touch.outcome)))
        if touch.minutes_length:
            facts.append(_("%(count)s min") % {"count": touch.minutes_length})
        return facts

    def _parts(self, text: str) -> list[tuple[str, bool]]:
        if "@" not in text:
            return [(text, False)] if text else []
        parts, at = [], 0
        for start, end in spans(text, self.names.at_work):
            parts += [(text[at:start], False), (text[start:end], True)]
            at = end
        return [part for part in [*parts, (text[at:], False)] if part[0]]

    def _task(self, entry: Entry) -> Line:
        task = entry.record
        is_open = task.state == Task.State.OPEN
        late = bool(is_open and task.due_on and task.due_on < self.today)
        marks = []
        if late:
            marks.append(Mark("bad", "clock", _("Overdue")))
        if task.repeat:
            marks.append(Mark("", "repeat", str(task.get_repeat_display)))
        if task.state == Task.State.DROPPED:
            marks.append(Mark("line", "x", _("Dropped")))
        return Line(
            key=f"task-{task.pk}",
            look="up task" if is_open else "task",
            icon=TASK_ICONS[task.kind] if is_open else DONE_ICONS[task.state],
            kind=pgettext("timeline", "Task"),
            title=str(task.title),
            at=entry.place.at if not is_open or task.due_time else None,
            day=task.due_on if is_open and not task.due_time else None,
            url=reverse("task", args=[task.pk]),
            parts=self._parts(str(task.note)),
            by=self.names.of(task.owner_id if is_open else task.done_by_id),
            marks=marks,
            done=reverse("task-done", args=[task.pk]) if is_open else "",
        )

    def _file(self, entry: Entry) -> Line:
        file = entry.record
        return Line(
            key=f"file-{file.pk}",
            look="file",
            icon="paperclip",
            kind=_("File"),
            at=file.added_at,
            files=[file],
            by=self.names.of(file.added_by_id),
        )

    def _message(self, entry: Entry) -> Line:
        message = entry.record
        look, icon = MESSAGE_LOOKS.get(message.state, ("", "clock"))
        marks = [] if look == "ok" else [Mark(look, icon, str(message.get_state_display))]
        return Line(
            key=f"message-{message.pk}",
            look="msg",
            icon=TOUCH_ICONS.get(message.channel, "mail"),
            kind=_("Sent by Kesher"),
            title=str(message.subject),
            is_name=True,
            at=message.sent_at or message.created_at,
            frame="bubble out",
            parts=[(str(message.text), False)],
            facts=[str(message.address)],
            marks=marks,
        )

    def _purchase(self, entry: Entry) -> Line:
        purchase = entry.record
        came_back = purchase.amount < 0
        facts = []
        if purchase.quantity != 1:
            facts.append(f"× {purchase.quantity.normalize():f}")
        return Line(
            key=f"purchase-{purchase.pk}",
            look="money",
            icon="arrow-back-up" if came_back else "receipt",
            kind=_("Return") if came_back else _("Purchase"),
            title="" if purchase.product is None else str(purchase.product),
            is_name=True,
            day=purchase.bought_on,
            facts=facts,
            amount=purchase.amount,
            currency=purchase.currency,
        )

    def _change(self, entry: Entry) -> Line:
        edit: Edit = entry.record
        return Line(
            key=f"change-{entry.place.pk}",
            look="change",
            icon="user-plus" if edit.is_first else "history",
            kind=pgettext("timeline", "Added")
            if edit.is_first
            else pgettext("timeline", "Changed"),
            title=edit.by,
            is_name=True,
            at=entry.place.at,
            fields=edit.fields,
        )

    def _merger(self, entry: Entry) -> Line:
        joined: Joined = entry.record
        marks = []
        if joined.parted_at:
            word = _("Taken apart by %(who)s") % {"who": f"\u2068{joined.parted_by}\u2069"}
            marks.append(Mark("line", "arrow-back-up", word))
        return Line(
            key=f"merger-{joined.pk}",
            look="change",
            icon="git-merge",
            kind=pgettext("timeline", "Merged with"),
            title=", ".join(f"\u2068{name}\u2069" for name in joined.names),
            is_name=True,
            at=entry.place.at,
            by=joined.by,
            marks=marks,
            asks=(reverse("merger", args=[joined.pk]), _("Take apart"))
            if joined.may_part
            else ("", ""),
        )

    def _birthday(self, entry: Entry) -> Line:
        return Line(
            key="birthday",
            look="up",
            icon="cake",
            kind=_("Birthday"),
            title=_("Turns %(age)s") % {"age": entry.record},
            day=moments.local_day(entry.place.at),
        )


def _headed(line: Line, month: str) -> Line:
    return replace(line, month=month)


def _touch_look(touch: Guarded) -> str:
    look = {Channel.NOTE: "int", Channel.CALL: "call", Channel.VISIT: "visit"}.get(
        touch.channel, "msg"
    )
    failed = touch.outcome in ("no_answer", "no_show")
    return f"{look} bad" if failed or (touch.severity and not touch.settled_at) else look


def _touch_frame(touch: Guarded) -> str:
    """A note stands on its paper, what was written in a bubble; the rest we tell ourselves."""
    if touch.channel == Channel.NOTE:
        return "note"
    if touch.channel in (Channel.CALL, Channel.VISIT):
        return ""
    return "bubble" if touch.direction == Direction.IN else "bubble out"


def _touch_icon(touch: Guarded) -> str:
    if touch.outcome == "no_show":
        return "user-x"
    if touch.outcome == "no_answer":
        return "phone-x"
    if touch.channel == Channel.CALL and touch.direction == Direction.IN:
        return "phone-incoming"
    return TOUCH_ICONS.get(touch.channel, "message")


def _touch_marks(touch: Guarded) -> list[Mark]:
    marks = []
    if touch.pinned_at:
        marks.append(Mark("brand", "pinned", pgettext("mark on a note", "Agreed")))
    if touch.severity and touch.settled_at:
        marks.append(Mark("ok", "check", pgettext("mark on a touch", "Complaint settled")))
    elif touch.severity:
        word = _("Complaint: %(severity)s") % {"severity": touch.get_severity_display}
        marks.append(Mark("bad", "alert-triangle", word))
    if touch.outcome == CLOSED:
        marks.append(Mark("", "flag", _("Nothing more planned")))
    return marks
