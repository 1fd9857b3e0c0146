"""What is done with a file on its way in."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from kesher.core.access import visible
from kesher.core.exporting import file_name
from kesher.core.importing.commands import choose_columns, choose_kind, choose_sheet
from kesher.core.importing.commands import settle as settle_doubts
from kesher.core.importing.keeping import new_file
from kesher.core.importing.kinds import importable_kind
from kesher.core.importing.models import ImportRun
from kesher.core.importing.report import refused_ending, write_refused
from kesher.core.jobs import cancel_job
from kesher.core.text import clean, fold
from kesher.organization.models import Branch
from kesher.surface.page import go, is_fragment
from kesher.web.importing.pages import NOTHING, import_of, looked_through, progress_of
from kesher.web.importing.work import begin, work_of


@require_POST
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which column brings what, and look through the file with that."""
    run = import_of(request, pk)
    kind = importable_kind(request.POST.get("kind", run.kind))
    if kind is None:
        raise Http404
    if request.POST.get("sheet", run.sheet) != run.sheet:
        choose_sheet(by=request.actor, run=run, sheet=request.POST["sheet"])
        return looked_through(request, run)
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
        options={"words": _words(request)} | ({"branches": list(branches)} if wanted else {}),
    )
    begin(request, run, "check")
    return redirect("import-file", pk)


def _words(request: HttpRequest) -> dict[str, dict[str, str]]:
    """What words of the file mean here, field by field; a dash means nothing."""
    words: dict[str, dict[str, str]] = {}
    for name in request.POST:
        if name.startswith("word-"):
            field = name.removeprefix("word-")
            pairs = zip(
                request.POST.getlist(name), request.POST.getlist(f"means-{field}"), strict=False
            )
            said = {
                fold(word): "" if ours == NOTHING else clean(ours) for word, ours in pairs if ours
            }
            if said:
                words[field] = said
    return words


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


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whom doubtful lines are about."""
    run = import_of(request, pk)
    said = {
        int(name.removeprefix("line-")): int(value)
        for name, value in request.POST.items()
        if name.startswith("line-") and name[5:].isdecimal() and value.isdecimal()
    }
    if said:
        settle_doubts(by=request.actor, run=run, decided=said)
        if run.state == ImportRun.State.READ:
            begin(request, run, "check")
    return redirect("import-file", pk)


@require_GET
def refused(request: HttpRequest, pk: int) -> FileResponse:
    """The refused lines as a file of the original's shape, to be corrected and brought again."""
    run = import_of(request, pk)
    called = run.file_name.rpartition(".")[0] or run.file_name
    name = file_name(called, timezone.localdate(), refused_ending(run))
    path = new_file()
    try:
        write_refused(run, path)
        return FileResponse(path.open("rb"), as_attachment=True, filename=name)
    finally:
        path.unlink()  # what is open is read to its end
