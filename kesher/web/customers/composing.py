"""The forms of the composer: what may be typed. Whether it is true, the commands decide."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kesher.core.access import OPEN, Actor, visible
from kesher.customers.models import Channel, Customer
from kesher.engagement.commands.tasks import NewTask
from kesher.engagement.commands.touching import NewTouch
from kesher.engagement.models import Task, Touch
from kesher.organization.models import Member
from kesher.organization.queries import classifications_of

MESSAGES = ("whatsapp", "email", "sms", "chat", "letter", "fax", "form")
SAME_CHANNEL = {
    Channel.WHATSAPP: "whatsapp", Channel.EMAIL: "email", Channel.SMS: "sms", Channel.CHAT: "chat",
    Channel.LETTER: "letter", Channel.FAX: "fax",
}  # fmt: skip
CALL_OUTCOMES = (
    ("answered", _("Answered")), ("no_answer", _("Not answered")), ("left_word", _("Left word")),
    ("busy", _("Busy")),
)  # fmt: skip
VISIT_OUTCOMES = (("", _("Came")), ("no_show", _("Did not come")))
DIRECTIONS = (("out", _("From us")), ("in", _("From the customer")))
CALLS = (
    ("out", pgettext_lazy("direction of a call", "Outgoing")),
    ("in", pgettext_lazy("direction of a call", "Incoming")),
)


class TouchForm(forms.Form):
    """What the touches of all tabs have in common."""

    channel = ""
    text = forms.CharField(
        label=_("Text"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    at = forms.DateTimeField(
        label=_("When"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    severity = forms.TypedChoiceField(
        label=_("Complaint"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("No complaint")), (1, _("Complaint, minor")), (2, _("Complaint")),
            (3, _("Complaint, grave")),
        ],
    )  # fmt: skip
    agreed = forms.BooleanField(label=_("Keep in the header as agreed"), required=False)
    classification = forms.ChoiceField(label=_("Who may read it"), required=False)
    file = forms.FileField(label=_("File"), required=False)

    def __init__(self, *args: Any, classes: list[tuple[str, str]], **named: Any):
        super().__init__(*args, **named)
        self.fields["classification"].choices = classes

    def touch(self, customer: Customer, now: datetime) -> NewTouch:
        """The touch that was typed."""
        typed = self.cleaned_data
        return NewTouch(
            customer=customer,
            channel=typed.get("channel") or self.channel,
            happened_at=typed["at"] or now,
            text=typed["text"],
            direction=typed.get("direction") or "",
            outcome=typed.get("outcome") or "",
            minutes_length=typed.get("minutes"),
            classification=typed["classification"] or OPEN,
            severity=typed["severity"],
            is_agreement=typed["agreed"],
        )


class NoteForm(TouchForm):
    channel = "note"


class MessageForm(TouchForm):
    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=[(value, label) for value, label in Touch.Channel.choices if value in MESSAGES],
    )
    direction = forms.ChoiceField(label=_("Direction"), choices=DIRECTIONS)


class CallForm(TouchForm):
    channel = "call"
    direction = forms.ChoiceField(label=_("Direction"), choices=CALLS)
    outcome = forms.ChoiceField(label=_("Outcome"), choices=CALL_OUTCOMES, required=False)
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=0, max_value=1440)


class VisitForm(TouchForm):
    channel = "visit"
    outcome = forms.ChoiceField(label=_("Outcome"), choices=VISIT_OUTCOMES, required=False)
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=0, max_value=1440)


class MemberField(forms.ModelChoiceField):
    """A choice among colleagues."""

    def label_from_instance(self, record: Member) -> str:
        return record.name


class TaskForm(forms.Form):
    """A task as it is planned."""

    title = forms.CharField(label=_("Task"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Task.Kind.choices, required=False)
    due_on = forms.DateField(
        label=_("Due"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    due_time = forms.TimeField(
        label=_("At"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    owner = MemberField(label=_("Responsible"), queryset=None, required=False)
    repeat = forms.ChoiceField(label=_("Repeat"), choices=Task.Repeat.choices, required=False)
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, members: QuerySet[Member], **named: Any):
        super().__init__(*args, **named)
        self.fields["owner"].queryset = members

    def task(self, customer: Customer | None) -> NewTask:
        """The task that was typed."""
        typed = self.cleaned_data
        return NewTask(
            customer=customer,
            title=typed["title"],
            kind=typed["kind"] or Task.Kind.TODO,
            due_on=typed["due_on"],
            due_time=typed["due_time"],
            owner=typed["owner"],
            repeat=typed["repeat"],
            note=typed["note"],
        )


def classes_of(actor: Actor) -> list[tuple[str, str]]:
    """The classifications that the actor may write under: those he may read."""
    return [(row.key, str(row)) for row in classifications_of(actor)]


def colleagues(actor: Actor) -> QuerySet[Member]:
    """Those who work here and may be given work."""
    return visible(actor, Member).filter(is_active=True).order_by("name")


def first_due(today: date, weekend: list[int]) -> date:
    """The next working day, on which a new task is due unless another day is chosen."""
    day = today + timedelta(days=1)
    while day.weekday() in weekend and len(weekend) < 7:
        day += timedelta(days=1)
    return day
