"""The composer: a note, message, call, visit or task written down without leaving the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.core.access import Actor, may
from kesher.core.refusal import Refusal
from kesher.customers.models import Customer
from kesher.engagement.commands.complaining import close_next_step
from kesher.engagement.commands.drafting import drop_draft, save_draft
from kesher.engagement.commands.filing import record_with_files
from kesher.engagement.commands.tasks import NewTask, plan_task
from kesher.engagement.models import Task, Touch
from kesher.engagement.queries import drafts_of
from kesher.surface.found import found
from kesher.surface.once import once_only
from kesher.surface.page import go, is_fragment, saved, tell
from kesher.web.customers import composing
from kesher.web.customers.history import Asked
from kesher.web.customers.reach import Point
from kesher.web.customers.whole import Whole

FORMS: dict[str, Any] = {
    "note": composing.NoteForm,
    "message": composing.MessageForm,
    "call": composing.CallForm,
    "visit": composing.VisitForm,
}
SAID = {
    "note": gettext_lazy("The note is saved."),
    "message": gettext_lazy("The message is logged."),
    "call": gettext_lazy("The call is logged."),
    "visit": gettext_lazy("The visit is logged."),
    "task": gettext_lazy("The task is planned."),
}
HERE = "the-token-goes-here"
REMEDIES = {"call": gettext_lazy("Call back"), "visit": gettext_lazy("Arrange a visit")}


@dataclass
class Composer:
    """The forms with what was typed into them, and what may be chosen."""

    on: str = "note"
    texts: dict[str, str] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    channel: str = ""
    due: str = ""
    classes: list[tuple[str, str]] = field(default_factory=list)
    members: list[tuple[str, str]] = field(default_factory=list)
    may_touch: bool = True
    may_plan: bool = True
    no_calls: list[Point] = field(default_factory=list)  # numbers that nobody calls
    no_messages: list[Point] = field(default_factory=list)
    is_answer: bool = False  # to something just saved: one goes on from the same tab

    @property
    def channels(self) -> list[tuple[str, Any]]:
        return [choice for choice in Touch.Channel.choices if choice[0] in composing.MESSAGES]

    @property
    def kinds(self) -> list[tuple[str, Any]]:
        return Task.Kind.choices

    @property
    def repeats(self) -> list[tuple[str, Any]]:
        return Task.Repeat.choices


def composer_of(whole: Whole, *, on: str = "note") -> Composer:
    """Fresh forms, with what the writer had begun."""
    actor, customer = whole.actor, whole.record
    drafts = drafts_of(actor, customer)
    return Composer(
        on=on,
        texts={form: draft.text for form, draft in drafts.items()},
        channel=composing.SAME_CHANNEL.get(customer.preferred_channel, "whatsapp"),
        due=composing.first_due(whole.today, whole.request.business.weekend).isoformat(),
        classes=composing.classes_of(whole.request.actor),  # what is written stays readable
        members=[(str(pk), name) for pk, name in whole.names.at_work],
        may_touch=may(actor, "add", Touch),
        may_plan=may(actor, "add", Task),
        no_calls=[p for p in whole.points if p.ban and p.ban.stops_calls and p.kind == "phone"],
        no_messages=[p for p in whole.points if p.ban and p.ban.stops_messages],
    )


def drawn(request: HttpRequest, composer: Composer, pk: int) -> SafeString:
    """The forms. Empty ones are drawn once for all customers: they differ in two places only."""
    token = get_token(request)
    if composer.errors or composer.texts or composer.no_calls or composer.no_messages:
        return render_to_string("customers/_composer.html", _context(composer, pk, token))
    blank = _blank(
        get_language() or "", composer.on, composer.channel, composer.due,
        tuple(composer.classes), tuple(composer.members), composer.may_touch, composer.may_plan,
        composer.is_answer,
    )  # fmt: skip
    return format_html(blank, pk=pk, token=token)


def _context(composer: Composer, pk: int, token: str) -> dict[str, Any]:
    return {"composer": composer, "pk": pk, "token": token}


@lru_cache(maxsize=256)
def _blank(
    _language: str,
    on: str,
    channel: str,
    due: str,
    classes: tuple[tuple[str, str], ...],
    members: tuple[tuple[str, str], ...],
    may_touch: bool,
    may_plan: bool,
    is_answer: bool,
) -> str:
    composer = Composer(
        on=on, channel=channel, due=due, classes=list(classes), members=list(members),
        may_touch=may_touch, may_plan=may_plan, is_answer=is_answer,
    )  # fmt: skip
    form = render_to_string("customers/_composer.html", _context(composer, 0, HERE))
    held = form.replace("{", "{{").replace("}", "}}").replace(HERE, "{token}")
    return held.replace("/customers/0/", "/customers/{pk}/")


@require_POST
@once_only
def compose(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what was typed in one of the forms."""
    customer = found(request.actor, Customer, pk)
    name = request.POST.get("form", "")
    try:
        said, undo = _saved(request, customer, name)
    except _Wrong as wrong:
        return _again(request, pk, name, wrong.errors)
    except Refusal as refusal:
        return _again(request, pk, name, [str(refusal)])
    drop_draft(by=request.actor, customer=customer, form=name)
    return answered(request, pk, said, undo, on=name)


class _Wrong(Exception):
    """What was typed cannot be read."""

    def __init__(self, errors: list[str]):
        super().__init__(*errors)
        self.errors = errors


def _saved(request: HttpRequest, customer: Customer, name: str) -> tuple[str, str]:
    """Run the command of one form; return what to say and the way back."""
    actor: Actor = request.actor
    if name == "task":
        planning = composing.TaskForm(request.POST, members=composing.colleagues(actor))
        task = plan_task(by=actor, task=_valid(planning).task(customer))
        return str(SAID[name]), reverse("task-drop", args=[task.pk])
    if name not in FORMS:
        raise Http404
    form = FORMS[name](request.POST, request.FILES, classes=composing.classes_of(actor))
    now = timezone.now()
    new = _valid(form).touch(customer, now)
    files = [(file.name, file.chunks()) for file in request.FILES.getlist("file")]
    touch = record_with_files(by=actor, touch=new, files=files, now=now)
    return str(SAID[name]), reverse("touch-bin", args=[touch.pk])


def _valid(form: Any) -> Any:
    if not form.is_valid():
        fields = form.fields
        raise _Wrong(
            [
                f"{fields[name].label}: {error}" if name in fields else str(error)
                for name, errors in form.errors.items()
                for error in errors
            ]
        )
    return form


def _again(request: HttpRequest, pk: int, name: str, errors: list[str]) -> HttpResponse:
    """The same form with what was typed and what is wrong with it."""
    whole = Whole(request, pk)
    composer = composer_of(whole, on=name)
    composer.errors = errors
    composer.typed = _plain(request.POST)
    composer.texts[name] = request.POST.get("text") or request.POST.get("title") or ""
    shown = drawn(request, composer, pk)
    if is_fragment(request):
        return HttpResponse(shown, status=422)
    context = {"customer": whole.customer, "composer": shown}
    context |= {"header": whole.header(), "history": whole.history(Asked())}
    return render(request, "customers/composing.html", context, status=422)


def _plain(posted: QueryDict) -> dict[str, Any]:
    return {name: posted.get(name, "") for name in posted if name != "csrfmiddlewaretoken"}


def answered(
    request: HttpRequest, pk: int, said: str, undo: str, *, on: str = "note"
) -> HttpResponse:
    """The forms empty again, and the header and history with what has just been added."""
    if not is_fragment(request):
        tell(request, said, undo=undo)
        return go(request, "customer", pk)
    whole = Whole(request, pk)
    composer = composer_of(whole, on=on)
    composer.is_answer = True
    context = {
        "customer": whole.customer,
        "composer": drawn(request, composer, pk),
        "header": whole.header(),
        "history": whole.history(Asked()),
    }
    return saved(request, render(request, "customers/_composed.html", context), said, undo=undo)


@require_POST
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is being written."""
    customer = found(request.actor, Customer, pk)
    text = request.POST.get("text") or request.POST.get("title") or ""
    form = request.POST.get("form", "")
    save_draft(by=request.actor, customer=customer, form=form, text=text, now=timezone.now())
    return HttpResponse(status=204)


@require_POST
@once_only
def next_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Do something about "nothing planned": a call, a visit, or say why not."""
    customer = found(request.actor, Customer, pk)
    kind, reason = request.POST.get("kind", ""), request.POST.get("reason", "")
    if kind in REMEDIES:
        due = composing.first_due(timezone.localdate(), request.business.weekend)
        new = NewTask(customer=customer, kind=kind, title=str(REMEDIES[kind]), due_on=due)
        task = plan_task(by=request.actor, task=new)
        return answered(request, pk, str(SAID["task"]), reverse("task-drop", args=[task.pk]))
    touch = close_next_step(by=request.actor, customer=customer, reason=reason, now=timezone.now())
    said = _("Noted why nothing more is planned.")
    return answered(request, pk, said, reverse("touch-bin", args=[touch.pk]))
