"""Forms about one member. The choices are those that the actor may hand out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kesher.core.access import Actor, Scope, visible
from kesher.organization.limits import is_within
from kesher.organization.models import Absence, Branch, Language, Member, Role, Team
from kesher.web.organization.saving import Form, day_input

Choices = list[tuple[Any, str]]


def role_choices(actor: Actor) -> Choices:
    """The roles that the actor may give: none that may do more than his own."""
    return [(role.pk, str(role)) for role in visible(actor, Role) if is_within(actor, role)]


def branch_choices(actor: Actor) -> Choices:
    """The open branches in which the actor may place people."""
    rows = visible(actor, Branch).filter(closed_on=None).order_by("name")
    if actor.scope(Member, "manage") < Scope.ALL:
        rows = rows.filter(pk__in=actor.branches)
    return list(rows.values_list("pk", "name"))


def colleague_choices(actor: Actor, *, besides: int | None = None) -> Choices:
    """Everybody who works here."""
    rows = visible(actor, Member).filter(is_active=True).exclude(pk=besides).order_by("name")
    return list(rows.values_list("pk", "name"))


class InviteForm(Form):
    """Whom to invite, as what, where, and in which language to write."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("E-mail"))
    role = forms.TypedChoiceField(label=gettext_lazy("Role"), coerce=int)
    branches = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Branches"), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Language.choices)

    def __init__(self, *args: Any, actor: Actor, **named: Any):
        super().__init__(*args, **named)
        self.fields["role"].choices = [("", _("Choose a role")), *role_choices(actor)]
        self.fields["branches"].choices = branch_choices(actor)


class MemberForm(Form):
    """How a member is called and reached."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), help_text=gettext_lazy("Used for signing in.")
    )
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr"}),
    )  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Language.choices)


class RoleForm(Form):
    """Which role a member has."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    role = forms.TypedChoiceField(label=gettext_lazy("Role"), coerce=int)

    def __init__(self, *args: Any, actor: Actor, **named: Any):
        super().__init__(*args, **named)
        self.fields["role"].choices = role_choices(actor)


class PlaceForm(Form):
    """In which branches and teams a member works."""

    branches = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Branches"), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    teams = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Teams"), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **named: Any):
        super().__init__(*args, **named)
        self.fields["branches"].choices = branch_choices(actor)
        rows = visible(actor, Team, "manage").order_by("name")
        self.fields["teams"].choices = list(rows.values_list("pk", "name"))


class ShiftForm(Form):
    """Hours that are worked each week on some days."""

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"), coerce=int, choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    starts = forms.TimeField(
        label=gettext_lazy("From"), widget=forms.TimeInput(attrs={"type": "time"})
    )
    ends = forms.TimeField(
        label=gettext_lazy("Until"), widget=forms.TimeInput(attrs={"type": "time"})
    )
    branch = forms.TypedChoiceField(label=gettext_lazy("Branch"), coerce=int)
    since_on = forms.DateField(label=gettext_lazy("Since"), required=False, widget=day_input())
    until_on = forms.DateField(
        label=gettext_lazy("Until and including"), required=False, widget=day_input()
    )

    def __init__(self, *args: Any, branches: Choices, week_start: int, **named: Any):
        super().__init__(*args, **named)
        self.fields["branch"].choices = branches
        days = [(week_start + day) % 7 for day in range(7)]
        self.fields["weekdays"].choices = [(day, WEEKDAYS[day]) for day in days]


class AbsenceForm(Form):
    """Days away, and who stands in."""

    member = forms.TypedChoiceField(label=gettext_lazy("Member"), coerce=int)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Absence.Kind.choices)
    starts_on = forms.DateField(label=gettext_lazy("First day away"), widget=day_input())
    ends_on = forms.DateField(label=gettext_lazy("Last day away"), widget=day_input())
    deputy = forms.TypedChoiceField(
        label=gettext_lazy("Deputy"), coerce=int, empty_value=None, required=False
    )
    note = forms.CharField(
        label=gettext_lazy("Handover note"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What the deputy should know."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, members: Choices, **named: Any):
        super().__init__(*args, **named)
        self.fields["member"].choices = members
        self.fields["deputy"].choices = [("", _("Nobody")), *colleague_choices(actor)]
