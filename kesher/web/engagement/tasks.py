"""One task: its page, planning it, changing it, and finishing it with the next step in mind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kesher.core.access import allows, guard, require_kind
from kesher.core.changes import EditConflict
from kesher.core.refusal import Refusal
from kesher.customers.models import Customer
from kesher.engagement.commands.tasks import (
    NewTask,
    change_task,
    drop_task,
    finish_task,
    plan_task,
    reopen_task,
)
from kesher.engagement.models import Task
from kesher.surface.found import found
from kesher.surface.once import once_only
from kesher.surface.page import go, is_fragment
from kesher.web.customers import composing
from kesher.web.engagement.acting import acted
from kesher.web.engagement.task_list import TASKS
from kesher.web.lists.crumb import crumb_of
from kesher.web.lists.table import opens_form

RELATED = ("customer", "owner", "team", "branch", "done_by", "created_by", "follows")
WEEK = 7


class ChainForm(forms.Form):
    """What comes after a task."""

    next_title = forms.CharField(label=gettext_lazy("Next step"), max_length=200, required=False)
    next_on = forms.DateField(
        label=gettext_lazy("Due"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )


def _task(request: HttpRequest, pk: int) -> Task:
    return found(request.actor, Task, pk, *RELATED)


def _back(task: Task) -> str:
    if task.customer_id is not None:
        return reverse("customer", args=[task.customer_id])
    return reverse("task", args=[task.pk])


def _initial(task: Task) -> dict[str, Any]:
    names = ("title", "kind", "due_on", "due_time", "repeat", "note")
    return {name: getattr(task, name) for name in names} | {"owner": task.owner_id}


def _shown(request: HttpRequest, held: Task) -> dict[str, Any]:
    seen = guard(request.actor, held)
    late = held.state == Task.State.OPEN and held.due_on and held.due_on < timezone.localdate()
    return {
        "task": seen,
        "customer": guard(request.actor, held.customer) if held.customer else None,
        "may_change": allows(request.actor, "change", held),
        "is_open": held.state == Task.State.OPEN,
        "is_late": bool(late),
    }


def task(request: HttpRequest, pk: int) -> HttpResponse:
    """One task, to be read and changed."""
    held = _task(request, pk)
    members = composing.colleagues(request.actor)
    context = _shown(request, held)
    if request.method != "POST" and is_fragment(request):
        return render(request, "engagement/_task_section.html", context)
    context["crumb"] = crumb_of(request, TASKS, pk)
    if request.method != "POST":
        form = composing.TaskForm(initial=_initial(held), members=members)
        return render(request, "engagement/task.html", context | {"form": form})
    form = composing.TaskForm(request.POST, members=members)
    clashes: Any = ()
    if form.is_valid():
        try:
            _change(request, held, form)
        except EditConflict as conflict:
            clashes = conflict.clashes
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return go(request, "task", pk)
    context |= {"form": form, "clashes": clashes}
    status = 409 if clashes else 422
    return render(request, "engagement/task.html", context, status=status)


def _change(request: HttpRequest, held: Task, form: composing.TaskForm) -> None:
    typed = form.cleaned_data
    values = {
        name: typed[name] for name in ("title", "due_on", "due_time", "owner", "repeat", "note")
    }
    values["kind"] = typed["kind"] or held.kind
    given = request.POST.get("seen", "")
    seen = int(given) if given.isascii() and given.isdecimal() and len(given) < 9 else None
    if request.POST.get("keep") == "mine":
        seen = held.version
    change_task(by=request.actor, task=held, values=values, seen=seen)


@require_safe
def peek(request: HttpRequest, pk: int) -> HttpResponse:
    """The task at a glance, beside a list."""
    context = _shown(request, _task(request, pk))
    context["url"] = opens_form(TASKS, request.GET.get("in")).format(pk)
    return render(request, "engagement/_task_peek.html", context)


@once_only
def new(request: HttpRequest) -> HttpResponse:
    """Plan a task, for a customer or for ourselves."""
    require_kind(request.actor, "add", Task)
    customer = _customer(request)
    members = composing.colleagues(request.actor)
    due = composing.first_due(timezone.localdate(), request.business.weekend)
    if request.method != "POST":
        form = composing.TaskForm(
            initial={"due_on": due, "owner": request.actor.member_id}, members=members
        )
        return _planned(request, form, customer)
    form = composing.TaskForm(request.POST, members=members)
    if form.is_valid():
        try:
            made = plan_task(by=request.actor, task=form.task(customer))
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            undo = reverse("task-drop", args=[made.pk])
            return acted(request, _("The task is planned."), undo=undo, back=_back(made))
    return _planned(request, form, customer, status=422)


def _customer(request: HttpRequest) -> Customer | None:
    given = request.POST.get("customer") or request.GET.get("customer", "")
    if not (given.isascii() and given.isdecimal() and len(given) < 18):
        return None
    return found(request.actor, Customer, int(given))


def _planned(
    request: HttpRequest, form: Any, customer: Customer | None, *, status: int = 200
) -> HttpResponse:
    template = "engagement/_task_new.html" if is_fragment(request) else "engagement/task_new.html"
    seen = guard(request.actor, customer) if customer else None
    return render(request, template, {"form": form, "customer": seen}, status=status)


@once_only
def done(request: HttpRequest, pk: int) -> HttpResponse:
    """Finish a task; the next step is offered and one key accepts it."""
    held = _task(request, pk)
    if request.method != "POST":
        return _finishing(request, held, ChainForm(initial=_chained(request, held)))
    form = ChainForm(request.POST)
    if not form.is_valid():
        return _finishing(request, held, form, status=422)
    wants_next = request.POST.get("and") == "next" and form.cleaned_data["next_title"]
    then = _then(held, form) if wants_next else None
    try:
        finish_task(by=request.actor, task=held, now=timezone.now(), then=then)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _finishing(request, held, form, status=422)
    said = _("Done, and the next step is planned.") if then else _("Done.")
    return acted(request, said, undo=reverse("task-reopen", args=[pk]), back=_back(held))


def _chained(request: HttpRequest, held: Task) -> dict[str, Any]:
    """The step that usually follows: what the task says itself, else the same in a week."""
    today = timezone.localdate()
    day = today + timedelta(days=held.next_days if held.next_days is not None else WEEK)
    return {"next_title": held.next_title or held.title, "next_on": _working(request, day)}


def _working(request: HttpRequest, day: date) -> date:
    return composing.first_due(day - timedelta(days=1), request.business.weekend)


def _then(held: Task, form: ChainForm) -> NewTask:
    typed = form.cleaned_data
    return NewTask(
        title=typed["next_title"],
        customer=held.customer,
        kind=held.kind,
        due_on=typed["next_on"],
        owner=held.owner,
        team=held.team,
        branch=held.branch,
    )


def _finishing(
    request: HttpRequest, held: Task, form: ChainForm, *, status: int = 200
) -> HttpResponse:
    template = "engagement/_task_done.html" if is_fragment(request) else "engagement/task_done.html"
    context = _shown(request, held) | {"form": form}
    return render(request, template, context, status=status)


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back that a task is done or dropped."""
    held = _task(request, pk)
    reopen_task(by=request.actor, task=held)
    return acted(request, _("The task is open again."), back=_back(held))


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a task will not be done."""
    held = _task(request, pk)
    drop_task(by=request.actor, task=held, now=timezone.now())
    undo = reverse("task-reopen", args=[pk])
    return acted(request, _("The task is dropped."), undo=undo, back=_back(held))
