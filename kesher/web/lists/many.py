"""One action on many rows, its progress, and taking it back."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kesher.core.access import require_kind
from kesher.core.changes import new_batch
from kesher.core.jobs import cancel_job, job_of, start_job
from kesher.core.models import Job
from kesher.core.paging import count_up_to
from kesher.core.refusal import Refusal
from kesher.core.undo import Undone, undo_batch, written_by
from kesher.surface.lists import bulk
from kesher.surface.lists.declaring import Action, Listing, Outcome
from kesher.surface.lists.rows import rows_of
from kesher.surface.once import once_only
from kesher.surface.page import go, is_fragment, saved
from kesher.web.lists.menus import input_lines
from kesher.web.lists.pages import redraw
from kesher.web.lists.stayed import stayed_line
from kesher.web.lists.words import number, outcome_words
from kesher.web.lists.work import do_to_all, take_back, told

MOST = 10_000_000
BULK, UNDO, MERGE = "bulk", "undo", "merge"


@require_http_methods(["GET", "POST"])
@once_only
def act(request: HttpRequest, listing: Listing) -> HttpResponse:
    """Ask what an action wants to know, and do it to rows.

    What is refused leaves the list and what was picked as they are.
    """
    require_kind(request.actor, "view", listing.kind.model)
    given = request.POST if request.method == "POST" else request.GET
    action = listing.action(request.actor, given.get("do", ""))
    if action is None:
        raise Http404
    if request.method != "POST":
        inputs = {"action": action, "inputs": input_lines(action, request.actor)}
        return render(request, "lists/_action_inputs.html", inputs)
    try:
        return _act(request, listing, action)
    except Refusal as refusal:
        if not is_fragment(request):
            return _ask(request, listing, action, refusal)
        told_events = {"k-toast": {"text": str(refusal), "tone": "bad"}}
        headers = {"HX-Reswap": "none", "HX-Trigger": json.dumps(told_events)}
        return HttpResponse(status=refusal.status, headers=headers)


def _act(request: HttpRequest, listing: Listing, action: Action) -> HttpResponse:
    """The rows that were picked, or all that match."""
    if action.page:
        numbers = bulk.picked(listing, request.actor, request.POST.getlist("pick"))
        if request.POST.get("all") or not numbers:
            raise bulk.NothingPicked
        ids = ",".join(str(number) for number in numbers)
        return go(request, f"{reverse(action.page)}?ids={ids}")
    names = [f"{action.key}.{one.name}" for one in action.inputs]
    if names and request.POST.keys().isdisjoint(names):
        return _ask(request, listing, action)
    given = {one.name: request.POST.get(f"{action.key}.{one.name}", "") for one in action.inputs}
    given = bulk.checked(action, request.actor, given)
    if request.POST.get("all"):
        return _to_all(request, listing, action, given)
    numbers = bulk.picked(listing, request.actor, request.POST.getlist("pick"))
    if not numbers:
        raise bulk.NothingPicked
    return _to_picked(request, listing, action, given, numbers)


def _ask(
    request: HttpRequest, listing: Listing, action: Action, error: Refusal | None = None
) -> HttpResponse:
    """A page of its own for what an action wants to know, where there are no scripts."""
    carried = [(name, request.POST.get(name, "")) for name in ("in", "query", "all")]
    carried += [("pick", number) for number in request.POST.getlist("pick")[: bulk.MOST_PICKED]]
    context = {
        "listing": listing, "base": reverse(listing.name), "action": action, "error": error,
        "inputs": input_lines(action, request.actor), "carried": carried,
        "back": f"{reverse(listing.name)}?{request.POST.get('query', '')}",
    }  # fmt: skip
    return render(request, "lists/act.html", context, status=error.status if error else 200)


def _to_picked(
    request: HttpRequest,
    listing: Listing,
    action: Action,
    given: dict[str, str],
    numbers: list[int],
) -> HttpResponse:
    batch = new_batch()
    outcome = bulk.do_at_once(action, listing, numbers, by=request.actor, given=given, batch=batch)
    undo = reverse("undo", args=[batch]) if outcome.done and action.is_undoable else ""
    return _back(request, listing, outcome_words(outcome), undo=undo)


def _to_all(
    request: HttpRequest, listing: Listing, action: Action, given: dict[str, str]
) -> HttpResponse:
    today, state = timezone.localdate(), request.POST.get("in", "")
    this = bulk.strict_ask(listing, request.actor, state, today=today)
    rows = rows_of(this, request.actor, today=today, right=action.right)
    total, _is_all = count_up_to(rows, MOST)
    held = start_job(by=request.actor, name=BULK, total=total)
    asked = told(request.actor, listing=listing.name, action=action.key, state=state, given=given)
    do_to_all.enqueue(held.key, asked)
    return follow(request, held)


def _back(request: HttpRequest, listing: Listing, said: str, *, undo: str) -> HttpResponse:
    """The list anew with what was done and the way back."""
    query = request.POST.get("query", "")
    if is_fragment(request):
        return saved(request, redraw(request, listing, query), said, undo=undo)
    back = f"{reverse(listing.name)}?{query}"
    return render(request, "lists/done.html", {"said": said, "undo": undo, "back": back})


def follow(request: HttpRequest, held: Job) -> HttpResponse:
    """Where the progress of long work is shown."""
    address = reverse("list-work", args=[held.key])
    if not is_fragment(request):
        return redirect(address)
    response = render(request, "lists/_work.html", work_context(held))
    response["HX-Retarget"], response["HX-Reswap"] = "#list-work", "innerHTML"
    return response


# ---- long work


@require_GET
def work(request: HttpRequest, key: str) -> HttpResponse:
    """How far long work has come; at its end what became of it."""
    held = _own(request, key)
    template = "lists/_work.html" if is_fragment(request) else "lists/work.html"
    response = render(request, template, work_context(held))
    if held.state == Job.State.DONE and held.name in (BULK, UNDO) and is_fragment(request):
        response["HX-Trigger"] = "lists-changed"
    return response


@require_POST
def cancel(request: HttpRequest, key: str) -> HttpResponse:
    """Stop long work at its next step; what was done until then stays, and can be taken back."""
    held = _own(request, key)
    cancel_job(by=request.actor, job=held)
    if not is_fragment(request):
        return redirect("list-work", key)
    return render(request, "lists/_work.html", work_context(_own(request, key)))


def _own(request: HttpRequest, key: str) -> Job:
    held = job_of(request.actor, key)
    if held is None:
        raise Http404
    return held


TITLES = {
    BULK: lambda: _("Changing rows"), UNDO: lambda: _("Undoing"),
    MERGE: lambda: _("Merging customers"),
    "export": lambda: _("Writing a file"),
}  # fmt: skip


def work_context(held: Job) -> dict[str, Any]:
    """What the progress of long work is drawn from."""
    is_over = held.state in (Job.State.DONE, Job.State.CANCELLED, Job.State.FAILED)
    rate, left = _pace(held)
    undo = held.name in (BULK, MERGE) and is_over and held.result.get("done")
    return {
        "job": {
            "id": held.pk, "title": TITLES.get(held.name, lambda: held.name)(), "done": held.done,
            "total": held.total, "rate": rate, "seconds_left": left, "note": _note(held),
            "state": "running" if held.state == Job.State.WAITING else held.state,
        },
        "url": reverse("list-work", args=[held.key]),
        "cancel": reverse("list-work-cancel", args=[held.key]),
        "undo": reverse("undo", args=[held.key]) if undo else "",
        "link": reverse("list-file", args=[held.key]) if _has_file(held) else "",
        "link_label": _("Download the file"),
    }  # fmt: skip


def _has_file(held: Job) -> bool:
    return held.name == "export" and held.state == Job.State.DONE


def _pace(held: Job) -> tuple[int | None, int | None]:
    """Steps a second, and seconds that are left at this pace."""
    if held.started_at is None or not held.done or held.is_over:
        return None, None
    passed = (timezone.now() - held.started_at).total_seconds()
    rate = held.done / passed if passed > 1 else 0
    if not rate:
        return None, None
    left = (held.total - held.done) / rate if held.total else None
    return round(rate) or 1, None if left is None else max(0, round(left))


def _note(held: Job) -> str:
    """What became of it so far."""
    if held.name in (BULK, MERGE) and held.result:
        return outcome_words(Outcome(held.result.get("done", 0), held.result.get("refused", {})))
    if held.name == UNDO and held.result:
        return undone_words(held.result.get("restored", 0), held.result.get("stayed", 0))
    return ""


# ---- taking back


@require_POST
def undo(request: HttpRequest, batch: str) -> HttpResponse:
    """Take back what one did at once; what others changed since stays, and is named."""
    records = written_by(request.actor, batch)
    if len(records) > bulk.AT_ONCE:
        held = start_job(by=request.actor, name=UNDO, total=len(records))
        take_back.enqueue(held.key, told(request.actor, batch=batch))
        return follow(request, held)
    done = undo_batch(by=request.actor, batch=batch)
    said = undone_words(done.restored, len(done.stayed))
    if done.stayed:
        return _stayed(request, done, said)
    if not is_fragment(request):
        messages.success(request, said)
        return redirect(came_from(request))
    told_events = {"k-toast": {"text": said}, "lists-changed": {}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told_events)})


def undone_words(restored: int, stayed: int) -> str:
    """What became of taking back, in a sentence or two."""
    said = ngettext("%(n)s row is as it was.", "%(n)s rows are as they were.", restored) % {
        "n": number(restored)
    }
    if not stayed:
        return said
    left = ngettext(
        "%(n)s was changed since and stays.", "%(n)s were changed since and stay.", stayed
    )
    return f"{said} {left % {'n': number(stayed)}}"


def _stayed(request: HttpRequest, done: Undone, said: str) -> HttpResponse:
    """What was not taken back, by name and field, with who changed it."""
    lines = [stayed_line(one, request.actor) for one in done.stayed]
    context = {"lines": lines, "said": said, "back": came_from(request)}
    if not is_fragment(request):
        return render(request, "lists/stayed.html", context)
    response = render(request, "lists/_stayed.html", context)
    response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
    response["HX-Trigger"] = "lists-changed"
    return response


def came_from(request: HttpRequest) -> str:
    """The page that one came from, if it is one of ours."""
    address = request.headers.get("Referer", "")
    hosts = {request.get_host()}
    return address if url_has_allowed_host_and_scheme(address, hosts) else "/"
