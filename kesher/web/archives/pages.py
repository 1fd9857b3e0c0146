"""Everything out in one archive, and an archive on its way back in."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kesher.core.access import may
from kesher.core.access_log import note_many
from kesher.core.importing.models import ImportRun
from kesher.core.importing.queries import job_of as job_of_run
from kesher.core.jobs import cancel_job, job_of, start_job
from kesher.core.models import Job
from kesher.customers.models import Customer
from kesher.surface.archives.bringing import brought_anything, runs_of
from kesher.surface.archives.writing import count_everything, require_everything
from kesher.surface.page import go, is_fragment
from kesher.web.archives.work import WORK, doing, key_of, lines_done, write_everything
from kesher.web.importing.pages import run_line
from kesher.web.lists.many import follow
from kesher.web.lists.work import told
from kesher.web.organization.frame import settings_page

UNFINISHED = {"read", "running", "failed"}


@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """Ask for everything in one archive; the worker writes it."""
    require_everything(request.actor)
    if request.method != "POST":
        may_import = may(request.actor, "add", Customer)
        return settings_page(
            request, "archives/export.html", "export-everything", may_import=may_import
        )
    with transaction.atomic():
        actor, total = request.actor, count_everything(request.actor)
        watched = actor.watched & actor.clearances
        note_many(Customer._meta.label_lower, watched, total, "file")
        held = start_job(by=actor, name="export", total=total)
        asked = told(request.actor, sheets=bool(request.POST.get("sheets")))
        write_everything.enqueue(held.key, asked)
    return follow(request, held)


def _runs(request: HttpRequest, key: str) -> list[ImportRun]:
    """The files of the archive, if this member brought it."""
    runs = runs_of(request.actor, key)
    if not runs:
        raise Http404
    return runs


@require_safe
def archive(request: HttpRequest, key: str) -> HttpResponse:
    """An archive: what it holds, how far it has come, and the way back."""
    runs = _runs(request, key)
    undone = job_of(request.actor, key_of(key, "undo"))
    states = {run.state for run in runs}
    context = {
        "key": key,
        "name": runs[0].file_name.rpartition(" ")[0],
        "lines": [run_line(run) for run in runs],
        "working": _working(request, key, runs),
        "is_new": states == {"read"},
        "may_go_on": bool(states & UNFINISHED) and not states & {"cancelled", "undone"},
        "may_go_back": any(map(brought_anything, runs)),
        "stayed": undone.result.get("stayed", 0) if undone else 0,
        "is_undone": bool(undone and undone.state == Job.State.DONE),
    }  # fmt: skip
    return render(request, "archives/archive.html", context)


def _working(request: HttpRequest, key: str, runs: list[ImportRun]) -> dict[str, Any] | None:
    """The work on an archive as `parts/progress.html` draws it."""
    at_work = doing(request.actor, key)
    if at_work is None:
        return None
    work, held = at_work
    is_in = work == "run"
    return {
        "id": held.pk, "work": work, "state": "running", "rate": None, "seconds_left": None,
        "title": _("Taking in everything") if is_in else _("Taking back everything"),
        "done": lines_done(runs) if is_in else held.done,
        "total": sum(run.count for run in runs) if is_in else None,
        "note": "" if held.started_at else _("The file waits its turn."),
    }  # fmt: skip


@require_safe
def progress(request: HttpRequest, key: str) -> HttpResponse:
    """How far the work has come; when it is over, the page draws itself anew."""
    working = _working(request, key, _runs(request, key))
    if working is None:
        if not is_fragment(request):
            return redirect("archive", key)
        return HttpResponse(status=200, headers={"HX-Refresh": "true"})
    return render(request, "archives/_working.html", {"key": key, "job": working})


@require_POST
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Take the archive in, or go on where it came to a stop."""
    return _begin(request, key, "run")


@require_POST
def undo(request: HttpRequest, key: str) -> HttpResponse:
    """Take back all that the archive brought."""
    return _begin(request, key, "undo")


def _begin(request: HttpRequest, key: str, work: str) -> HttpResponse:
    runs = _runs(request, key)
    if doing(request.actor, key) is None:
        total = sum(run.count for run in runs)
        with transaction.atomic():
            held = start_job(by=request.actor, name="import", total=total, key=key_of(key, work))
            WORK[work].enqueue(held.key, told(request.actor, archive=key))
    return go(request, "archive", key)


@require_POST
def cancel(request: HttpRequest, key: str) -> HttpResponse:
    """Stop at the next step; what was taken in stays and can be taken back."""
    runs = _runs(request, key)
    at_work = doing(request.actor, key)
    if at_work:
        cancel_job(by=request.actor, job=at_work[1])
        for run in runs:
            held = job_of_run(run, "run")
            if held and held.state == Job.State.RUNNING:
                cancel_job(by=request.actor, job=held)
    if is_fragment(request):
        return progress(request, key)
    return redirect(reverse("archive", args=[key]))
