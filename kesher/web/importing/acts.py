"""What is done with a file on its way in."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from kesher.core.access import visible
from kesher.core.exporting import file_name
from kesher.core.importing.commands import choose_columns, choose_kind
from kesher.core.importing.kinds import importable_kind
from kesher.core.importing.report import refused_csv
from kesher.core.jobs import cancel_job
from kesher.organization.models import Branch
from kesher.surface.page import go, is_fragment
from kesher.web.importing.pages import import_of, progress_of
from kesher.web.importing.work import begin, work_of


@require_POST
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which column brings what, and look through the file with that."""
    run = import_of(request, pk)
    kind = importable_kind(request.POST.get("kind", run.kind))
    if kind is None:
        raise Http404
    if kind.name != run.kind:
        choose_kind(by=request.actor, run=run, kind=kind)
        return redirect("import-file", pk)
    wanted = [int(value) for value in request.POST.getlist("branch") if value.isdecimal()]
    branches = visible(request.actor, Branch).filter(pk__in=wanted).values_list("pk", flat=True)
    choose_columns(
        by=request.actor,
        run=run,
        chosen=[request.POST.get(f"column-{at}", "") for at in range(len(run.headings))],
        match=request.POST.getlist("match"),
        options={"branches": list(branches)} if wanted else {},
    )
    begin(request, run, "check")
    return redirect("import-file", pk)


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the file in."""
    begin(request, import_of(request, pk), "run")
    return redirect("import-file", pk)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the work on a file at its next step; what was taken in stays and can be taken back."""
    run = import_of(request, pk)
    doing = work_of(run)
    if doing:
        cancel_job(by=request.actor, job=doing[1])
    return progress_of(request, pk) if is_fragment(request) else redirect("import-file", pk)


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what the file brought."""
    begin(request, import_of(request, pk), "undo")
    return go(request, "import-file", pk)


@require_GET
def refused(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The refused lines as a file of the original's shape, to be corrected and brought again."""
    run = import_of(request, pk)
    name = file_name(run.file_name.rpartition(".")[0] or run.file_name, timezone.localdate(), "csv")
    response = StreamingHttpResponse(refused_csv(run), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
