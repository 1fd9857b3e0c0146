"""What is listed of tasks, and what touches and tasks tell of customers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.core.fields import Field, Type, declare, extend
from kesher.customers.models import Customer
from kesher.engagement.models import DoNotContact, Task, Touch
from kesher.organization.fields import members
from kesher.organization.models import Branch, Member, Team


def with_detail(first: Any, *more: Any) -> tuple[Any, ...] | None:
    """A value with what stands beside it, or nothing where it is missing."""
    return None if first is None else (first, *more)


declare(
    "tasks",
    Task,
    label=_("Task"),
    labels=_("Tasks"),
    fields=(
        Field(name="title", label=_("Task"), sort=("title",), editable=True),
        Field(
            name="customer", label=_("Customer"), type=Type.REF, refers=Customer,
            choices=lambda actor: (), sort=("customer__sort_name",),
        ),
        Field(
            name="kind", label=_("Kind"), type=Type.CHOICE, groups=True, editable=True,
            choices=lambda actor: Task.Kind.choices,
        ),
        Field(
            name="due_on", label=_("Due"), type=Type.DATE, sort=("due_on",), groups=True,
            editable=True,
        ),
        Field(
            name="owner", label=_("Responsible"), type=Type.REF, refers=Member, choices=members,
            sort=("owner__name",), groups=True, editable=True,
        ),
        Field(
            name="team", label=_("Team"), type=Type.REF, refers=Team, groups=True, editable=True
        ),
        Field(
            name="branch", label=_("Branch"), type=Type.REF, refers=Branch, groups=True,
            sort=("branch__name",), editable=True,
        ),
        Field(
            name="repeat", label=_("Repeat"), type=Type.CHOICE, groups=True,
            choices=lambda actor: [choice for choice in Task.Repeat.choices if choice[0]],
        ),
        Field(
            name="state", label=_("State"), type=Type.CHOICE, groups=True,
            choices=lambda actor: Task.State.choices,
        ),
        Field(
            name="done_at", label=_("Done on"), type=Type.MOMENT, sort=("done_at",), groups=True
        ),
        Field(name="done_by", label=_("Done by"), type=Type.REF, refers=Member, groups=True),
        Field(
            name="created", label=_("Planned on"), type=Type.MOMENT, lookup="created_at",
            sort=("created_at",),
        ),
        Field(name="created_by", label=_("Planned by"), type=Type.REF, refers=Member, groups=True),
        Field(name="note", label=_("Note"), type=Type.LONG),
    ),
)  # fmt: skip
extend(
    "customers",
    (
        Field(
            name="last_touch", label=_("Last contact"), type=Type.MOMENT,
            lookup="pulse__last_touch_at", sort=("pulse__last_touch_at",), groups=True,
            reads=("pulse__last_channel",), value=with_detail, summarises=Touch,
        ),
        Field(
            name="next_step", label=_("Next step"), type=Type.DATE, lookup="pulse__next_due_on",
            sort=("pulse__next_due_on",), reads=("pulse__next_task__title", "pulse__closed_at"),
            value=lambda due_on, title, closed_at: (due_on, title, closed_at), summarises=Task,
        ),
        Field(
            name="planned", label=_("Something is planned"), type=Type.FLAG, shown=False,
            lookup="pulse__next_task", filled=True, summarises=Task,
        ),
        Field(
            name="closed", label=_("Nothing more planned, on purpose"), type=Type.FLAG,
            lookup="pulse__closed_at", filled=True, shown=False, summarises=Touch,
        ),
        Field(
            name="open_tasks", label=_("Open tasks"), type=Type.NUMBER, lookup="pulse__open_tasks",
            summarises=Task,
        ),
        Field(
            name="complaints", label=_("Open complaints"), type=Type.NUMBER,
            lookup="pulse__open_complaints", summarises=Touch,
        ),
    ),
)  # fmt: skip

declare(
    "do-not-contact",
    DoNotContact,
    label=_("Do-not-contact entry"),
    labels=_("Do not contact"),
    fields=(
        Field(
            name="address", label=_("Telephone or e-mail"), lookup="normal", sort=("normal",)
        ),
        Field(
            name="kind", label=_("Kind"), type=Type.CHOICE, groups=True,
            choices=lambda actor: DoNotContact.Kind.choices,
        ),
        Field(
            name="forbids", label=_("Forbids"), type=Type.CHOICE, groups=True,
            choices=lambda actor: DoNotContact.Forbids.choices,
        ),
        Field(name="reason", label=_("Reason"), type=Type.LONG),
        Field(
            name="since", label=_("Since"), type=Type.DATE, lookup="since_on", sort=("since_on",)
        ),
        Field(
            name="until", label=_("Until"), type=Type.DATE, lookup="until_on", sort=("until_on",)
        ),
        Field(name="origin", label=_("Where from"), groups=True),
        Field(
            name="added_by", label=_("Added by"), type=Type.REF, refers=Member, choices=members,
            groups=True,
        ),
        Field(
            name="lifted", label=_("Lifted"), type=Type.FLAG, lookup="lifted_at", filled=True
        ),
        Field(
            name="lifted_on", label=_("Lifted on"), type=Type.MOMENT, lookup="lifted_at",
            sort=("lifted_at",),
        ),
        Field(name="lifted_reason", label=_("Why it was lifted"), type=Type.LONG),
    ),
)  # fmt: skip
