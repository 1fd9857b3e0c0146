"""The list of tasks: overdue, today, later; done with one press in the row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from kesher.core.access import Actor, visible
from kesher.engagement.commands.tasks import (
    NewTask,
    change_task,
    drop_task,
    finish_task,
    reopen_task,
)  # fmt: skip
from kesher.engagement.models import Task
from kesher.organization.fields import members_here
from kesher.organization.models import Member
from kesher.surface.found import found
from kesher.surface.lists.declaring import Action, Input, Listing, View, register
from kesher.surface.page import is_fragment
from kesher.web import moments
from kesher.web.lists.pen import DASH, Pen, Row, face, html, overdue
from kesher.web.templatetags import look

ICONS = {"todo": "checkbox", "call": "phone", "visit": "calendar-event", "message": "message"}


# ---- how its columns are drawn


def title(pen: Pen, value: Any, row: Row) -> Any:
    """What is to be done, behind the circle that finishes it."""
    is_done = row.get("state") == Task.State.DONE
    act = pen.address("task-row-reopen" if is_done else "task-finish", row.pk)
    form = _("Reopen %(task)s") if is_done else _("Done: %(task)s")
    kind = row.get("kind")
    return html(
        '<span class="row-f"><button class="check{}" form="bulk" formaction="{}" hx-post="{}"'
        ' hx-params="none" hx-swap="none" aria-label="{}">{}</button>'
        '<a class="name" data-open href="{}"><span><bdi>{}</bdi><br><span class="sub">{}</span>'
        "</span></a></span>",
        " on" if is_done else "",
        act,
        act,
        form % {"task": value},
        look.icon("check"),
        pen.open(row),
        value,
        pen.once(("kind", kind), lambda: _kind(pen, kind)),
    )


def _kind(pen: Pen, value: Any) -> Any:
    icon = look.icon(ICONS.get(value, "checkbox"), "s")
    return html("{} {}", icon, pen.label(TASKS.kind.fields["kind"], value))


def customer(pen: Pen, value: Any, row: Row) -> Any:
    """For whom, with a way to his page."""
    if value is None:
        return DASH
    return html('<a href="{}"><bdi>{}</bdi></a>', pen.address("customer", value.pk), value.label)


def due(pen: Pen, value: date | None, row: Row) -> Any:
    """By when; what is late says so."""
    if value is None:
        return pen.once("no day", lambda: html('<span class="muted">{}</span>', _("No day")))
    if row.get("state") == Task.State.OPEN and value < pen.today:
        return pen.once(("overdue", value), lambda: overdue(pen, value))
    return pen.day(value)


def owner(pen: Pen, value: Any, row: Row) -> Any:
    """The face of whoever is to do it."""
    return face(value.label, value.pk) if value else DASH


# ---- what can be done


def next_of(task: Task, today: date) -> NewTask | None:
    """The task that was to come after this one, where one was named."""
    if not task.next_title:
        return None
    due_on = today + timedelta(days=task.next_days) if task.next_days is not None else None
    return NewTask(
        title=task.next_title,
        customer=task.customer,
        kind=task.kind,
        due_on=due_on,
        owner=task.owner if task.owner and task.owner.is_active else None,
        team=task.team,
        branch=task.branch,
    )


@require_POST
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a task is done, from its row; what was to come after it is planned."""
    task = found(request.actor, Task, pk, "customer", "owner", "team", "branch")
    now = timezone.now()
    then = next_of(task, timezone.localdate(now)) if task.state == Task.State.OPEN else None
    done, following = finish_task(by=request.actor, task=task, now=now, then=then)
    words = {"task": done.title, "next": following.title if following else ""}
    if following is not None and following.due_on:
        words["day"] = moments.day_text(following.due_on, today=timezone.localdate(now))
        said = _("Done: %(task)s. Next: %(next)s, %(day)s.") % words
    else:
        said = _("Done: %(task)s.") % words
    return _told(request, said, undo=reverse("task-row-reopen", args=[pk]))


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back that a task is done."""
    task = found(request.actor, Task, pk)
    reopened = reopen_task(by=request.actor, task=task)
    return _told(request, _("Open again: %(task)s.") % {"task": reopened.title})


def _told(request: HttpRequest, said: str, *, undo: str = "") -> HttpResponse:
    """Say it, and let every list on the page fetch itself anew."""
    if not is_fragment(request):
        return render(
            request, "lists/done.html", {"said": said, "undo": undo, "back": reverse("tasks")}
        )
    told = {"k-toast": {"text": said, "undo": undo}, "lists-changed": {}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told)})


def edit(*, by: Actor, record: Task, name: str, value: Any, seen: int | None, batch: str) -> str:
    """Write one field of one task."""
    change_task(by=by, task=record, values={name: value}, seen=seen, batch=batch)
    return batch


def set_owner(*, by: Actor, record: Task, given: Mapping[str, str], batch: str) -> None:
    """Give a task to somebody."""
    member = visible(by, Member).filter(pk=given["owner"]).first()
    change_task(by=by, task=record, values={"owner": member}, batch=batch)


def set_day(*, by: Actor, record: Task, given: Mapping[str, str], batch: str) -> None:
    """Put a task on another day."""
    due_on = date.fromisoformat(given["due_on"])
    change_task(by=by, task=record, values={"due_on": due_on}, batch=batch)


def drop(*, by: Actor, record: Task, given: Mapping[str, str], batch: str) -> None:
    """Say that a task will not be done."""
    drop_task(by=by, task=record, now=timezone.now(), batch=batch)


OPEN = "state=open"
TASKS = register(
    Listing(
        name="tasks",
        title=gettext_lazy("Tasks"),
        columns=("title", "customer", "due_on", "owner", "branch"),
        sort="due_on",
        views=(
            View(key="mine", label=pgettext_lazy("tasks", "Mine"), query=f"{OPEN}&owner=me"),
            View(
                key="overdue",
                label=gettext_lazy("Overdue"),
                query=f"{OPEN}&due_on.before=today",
            ),
            View(key="today", label=gettext_lazy("Today"), query=f"{OPEN}&due_on=today"),
            View(key="later", label=gettext_lazy("Later"), query=f"{OPEN}&due_on.later=today"),
            View(
                key="done",
                label=pgettext_lazy("tasks", "Done"),
                query="state=done&sort=-done_at&cols=title,customer,done_at,done_by,owner",
            ),
            View(key="all", label=pgettext_lazy("tasks", "All")),
        ),
        opens="task",
        new="task-new",
        new_label=gettext_lazy("New task"),
        index="task",
        phone={"customer": "c2a", "due_on": "c2", "owner": "c2b"},
        beside=("kind", "state"),
        painters={
            "title": title,
            "customer": customer,
            "due_on": due,
            "owner": owner,
            "done_by": owner,
        },
        edit=edit,
        edit_choices={"owner": members_here},
        actions=(
            Action(
                key="owner",
                label=gettext_lazy("Hand over"),
                icon="user-check",
                run=set_owner,
                inputs=(
                    Input(name="owner", label=gettext_lazy("Responsible"), choices=members_here),
                ),
            ),
            Action(
                key="day",
                label=gettext_lazy("Move"),
                icon="calendar-event",
                run=set_day,
                inputs=(Input(name="due_on", label=gettext_lazy("Due"), type="date"),),
            ),
            Action(key="drop", label=gettext_lazy("Drop"), icon="circle-x", run=drop),
        ),
        peek_at="task-peek",
        empty_title=gettext_lazy("No tasks yet"),
        empty_text=gettext_lazy("A task is something somebody promised to do, by a day."),
    )
)
