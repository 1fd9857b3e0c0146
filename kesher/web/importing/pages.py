"""The page of an import: bring a file, see what its columns are and what would become of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from kesher.core.access import Actor, Scope, visible
from kesher.core.feeds.queries import may_connect
from kesher.core.importing.commands import open_import
from kesher.core.importing.keeping import keep_upload
from kesher.core.importing.kinds import column_of, labels_of
from kesher.core.importing.models import ImportRun, RefusedLine
from kesher.core.importing.queries import allowed_kinds, imports_of, job_of, kind_of, samples_of
from kesher.core.importing.reasons import reason_of
from kesher.core.importing.recognising import must_suffice
from kesher.core.importing.refusals import shown
from kesher.core.importing.report import counted
from kesher.core.models import Job
from kesher.core.refusal import Refusal
from kesher.core.text import fold
from kesher.core.undo import Stayed
from kesher.customers.models import Customer
from kesher.organization.models import Branch
from kesher.surface.archives.bringing import StaffMissing, is_archive, open_archive
from kesher.surface.once import once_only
from kesher.surface.page import is_fragment
from kesher.web.importing.telling import FIRST, told
from kesher.web.importing.work import begin, work_of
from kesher.web.lists.stayed import stayed_line

SHOWN_REFUSED = 100
RECENT = 8
PARTS = 8  # files of an archive of everything, about
OUTCOMES = {
    "created": (pgettext_lazy("lines of a file", "New"), "plus", "ok"),
    "updated": (gettext_lazy("Changed"), "edit", "change"),
    "unchanged": (gettext_lazy("Unchanged"), "check", ""),
    "refused": (gettext_lazy("Refused"), "ban", "bad"),
    "doubtful": (gettext_lazy("Doubtful"), "help", "doubt"),
}
FORMS = {"workbook": gettext_lazy("Spreadsheet"), "cards": "vCard", "objects": "JSON",
         "markup": "HTML"}  # fmt: skip
NOTHING = "-"  # what a word of a file may mean here
WORKING = {
    "check": gettext_lazy("Looking through %(file)s"),
    "run": gettext_lazy("Taking in %(file)s"),
    "undo": gettext_lazy("Taking back %(file)s"),
}


def import_of(request: HttpRequest, pk: int) -> ImportRun:
    """The file, if this member brought it."""
    run = imports_of(request.actor).filter(pk=pk).first()
    if run is None:
        raise Http404
    return run


@once_only
def index(request: HttpRequest) -> HttpResponse:
    """Bring a file; below, the ones brought before."""
    kinds = allowed_kinds(request.actor)
    refusal, asks = "", False
    if request.method == "POST":
        try:
            return _opened(request)
        except Refusal as refused:
            refusal, asks = str(refused), isinstance(refused, StaffMissing)
    context = {
        "kinds": kinds,
        "refusal": refusal,
        "asks": asks,
        "may_connect": may_connect(request.actor),
        "brought": _brought(request),
    }
    return render(request, "importing/index.html", context, status=422 if refusal else 200)


def _brought(request: HttpRequest) -> list[dict[str, Any]]:
    """The latest files; those that came in one archive stand in one line."""
    lines: dict[object, dict[str, Any]] = {}
    for run in imports_of(request.actor).defer("expected")[: RECENT * PARTS]:
        archive = run.options.get("archive")
        name = run.file_name.rpartition(" ")[0] if archive else run.file_name
        lines.setdefault(archive or run.pk, run_line(run) | {"archive": archive, "name": name})
    return list(lines.values())[:RECENT]


def _opened(request: HttpRequest) -> HttpResponse:
    """The file as it was handed in, looked through at once when that takes no time."""
    handed_in, pasted = request.FILES.get("file"), request.POST.get("pasted", "")
    if handed_in is None and not pasted.strip():
        raise FileNotChosen
    name = handed_in.name if handed_in else _("Pasted rows")
    path = keep_upload(handed_in.chunks() if handed_in else [pasted.encode("utf-8", "replace")])
    if is_archive(path):
        return _opened_archive(request, path, name or "")
    try:
        run = open_import(by=request.actor, kind=None, path=path, name=name or "", is_ours=True)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return looked_through(request, run)


def _opened_archive(request: HttpRequest, path: Path, name: str) -> HttpResponse:
    """An archive of everything: each of its files is a file of its own."""
    try:
        runs = open_archive(
            by=request.actor, path=path, name=shown(name),
            without_unknown=bool(request.POST.get("without_unknown")),
        )  # fmt: skip
    finally:
        path.unlink(missing_ok=True)
    return redirect("archive", runs[0].options["archive"])


def looked_through(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """The page of a file that was read anew, looked through if its columns suffice."""
    if _missing(run) == "":
        begin(request, run, "check")
    return redirect("import-file", run.pk)


class FileNotChosen(Refusal):
    """The form came without a file."""

    message = gettext_lazy("Choose a file first, or paste some rows.")


def run_line(run: ImportRun) -> dict[str, Any]:
    """A file that was brought, for a line of a page."""
    return {
        "run": run,
        "kind": kind_of(run).label,
        "counts": _counts(run.counts) if run.done else [],
    }


@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """One file: its columns and what would become of it, or what became of it."""
    run = import_of(request, pk)
    context = {"run": run, "kind": kind_of(run).label, "working": _working(run)}
    context["form"] = FORMS.get(run.form) or run.encoding.removesuffix("-sig").replace("utf", "UTF")
    if run.state == ImportRun.State.READ and not context["working"]:
        return render(request, "importing/file.html", context | _before(request, run))
    return render(request, "importing/report.html", context | _after(run, request.actor))


def _before(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    """What can still be chosen, and what would happen as it stands."""
    kind = kind_of(run)
    try:
        samples = [list(dict.fromkeys(column)) for column in samples_of(run)]
    except Refusal as refusal:
        return {"gone": str(refusal)}
    chosen = {at: name for name, places in run.columns.items() for at in places}
    missing, words = _missing(run), _words(request, run)
    return {
        "kinds": allowed_kinds(request.actor),
        "fields": [(column.name, column.label) for column in kind.columns],
        "columns": [
            {"at": at, "heading": heading, "samples": samples[at], "field": chosen.get(at, "")}
            for at, heading in enumerate(run.headings)
        ],
        "recognised": len(chosen),
        "missing": missing,
        "is_unmatched": _is_unmatched(run),
        "told_by": labels_of(kind, run.match),
        "match": [(name, column_of(kind, name).label, name in run.match) for name in kind.match_by],
        "branches": _branches(request, run),
        "found": _found(request, run) if not missing else None,
        "words": words,
        "asks_words": any(group["asks"] for group in words),
        "nothing": NOTHING,
        "failed": _failure(run, "check"),
    }


def _is_unmatched(run: ImportRun) -> bool:
    """Whether somebody who is known would come in again, as nothing tells that it is the same."""
    created = ((run.expected or {}).get("counts") or {}).get("created")
    return bool(kind_of(run).match_by and created) and not run.match


def _missing(run: ImportRun) -> str:
    """Why the columns do not suffice yet; empty when they do."""
    try:
        must_suffice(kind_of(run), run.headings, run.columns)
    except Refusal as refusal:
        return str(refusal)
    return ""


def _branches(request: HttpRequest, run: ImportRun) -> list[tuple[int, str, bool]]:
    """Where new customers may belong, if there is a choice and the file names no branch."""
    if run.kind != "customers" or "branches" in run.columns:
        return []
    actor = request.actor
    rows = visible(actor, Branch).filter(closed_on=None).order_by("name")
    if actor.scope(Customer, "add") < Scope.ALL:
        rows = rows.filter(pk__in=actor.branches)
    chosen = run.options.get("branches") or sorted(actor.branches)
    branches = [(pk, name, pk in chosen) for pk, name in rows.values_list("pk", "name")]
    return branches if len(branches) > 1 else []


def _words(request: HttpRequest, run: ImportRun) -> list[dict[str, Any]]:
    """Words of the file that are none of ours, and what each means; those said before first."""
    unknown = (run.expected or {}).get("words", {})
    said = run.options.get("words", {})
    kind, groups = kind_of(run), []
    for name in dict.fromkeys([*unknown, *said]):
        column = column_of(kind, name)
        if name not in run.columns or column.choices is None:
            continue
        means = said.get(name, {})
        left = [word for word in unknown.get(name, {}) if fold(word) not in means]
        lines = [(word, means[word] or NOTHING, None) for word in means]
        lines += [(word, "", unknown[name][word]) for word in left]
        choices = [(str(key), label) for key, label in column.choices(request.actor)]
        group = {"name": name, "label": column.label, "lines": lines, "choices": choices}
        groups.append(group | {"asks": bool(left)})
    return groups


def _counts(counts: dict[str, int]) -> list[dict[str, Any]]:
    """How many lines of each outcome; of doubts only where there are some."""
    return [
        dict(zip(("label", "icon", "tone"), OUTCOMES[name], strict=True), name=name, count=count)
        for name, count in counted(counts).items()
        if count or name != "doubtful"
    ]


def _found(request: HttpRequest, run: ImportRun) -> dict[str, Any] | None:
    """What looking through the file has shown: counts, and the first lines of each outcome."""
    if run.expected is None:
        return None
    first = run.expected["first"]
    counts = _counts(run.expected["counts"])
    kind = kind_of(run)
    groups = [
        one | {"lines": told(request.actor, kind, first[one["name"]])}
        for one in sorted(counts, key=lambda one: FIRST.index(one["name"]))
        if first.get(one["name"])
    ]
    brings = sum(run.expected["counts"][name] for name in ("created", "updated"))
    is_known = run.expected["counts"]["unchanged"] > 0
    return {"counts": counts, "groups": groups, "brings": brings, "is_known": is_known}


def _after(run: ImportRun, actor: Actor) -> dict[str, Any]:
    """What became of a file."""
    left = run.refused_lines.order_by("number")
    refused, doubtful = left.filter(candidates=[]), left.exclude(candidates=[])
    undone = job_of(run, "undo")
    result = undone.result if undone else {}
    may_go_back = run.state in ("done", "cancelled", "failed") and run.done > 0
    brought = bool(run.counts.get("created") or run.counts.get("updated"))
    return {
        "counts": _counts(run.counts),
        "refused": [_left_out(one) for one in refused[:SHOWN_REFUSED]],
        "refused_count": counted(run.counts)["refused"],
        "doubtful": [_left_out(one) for one in doubtful[:SHOWN_REFUSED]],
        "doubtful_count": counted(run.counts)["doubtful"],
        "stayed": [stayed_line(Stayed(**one), actor) for one in result.get("stayed", ())],
        "stayed_count": result.get("stayed_count", 0),
        "restored": result.get("restored"),
        "may_go_back": may_go_back and brought,
        "opens_customers": run.kind == "customers" and may_go_back and brought,
        "may_go_on": run.state == "failed",
        "failed": _failure(run, "run") if run.state == "failed" else "",
    }


def _left_out(one: RefusedLine) -> dict[str, Any]:
    """A line that was refused or is in doubt, for the eye."""
    said = {"line": one.number, "reason": reason_of(one), "candidates": one.candidates}
    return said | {"title": _title(one)}


def _title(refused: RefusedLine) -> str:
    """The first cells of a line, for the eye."""
    filled = [cell.strip() for cell in json.loads(refused.cells) if cell.strip()]
    return ", ".join(shown(cell) for cell in filled[:4])


def _failure(run: ImportRun, work: str) -> str:
    """Why work came to a stop, in words."""
    held = job_of(run, work)
    return held.error.partition(": ")[2] if held and held.state == Job.State.FAILED else ""


# ---- progress


def _working(run: ImportRun) -> dict[str, Any] | None:
    """The work on a file as `parts/progress.html` draws it."""
    doing = work_of(run)
    if doing is None:
        return None
    work, held = doing
    rate, left = _pace(held)
    return {
        "id": held.pk,
        "work": work,
        "title": WORKING[work] % {"file": run.file_name},
        "done": held.done,
        "total": held.total if work != "undo" else None,
        "rate": rate,
        "seconds_left": left,
        "state": "running",
        "note": "" if held.started_at else _("The file waits its turn."),
    }


def _pace(held: Job) -> tuple[int | None, int | None]:
    """Lines a second, and the seconds that are left at that pace."""
    if not held.started_at or not held.done:
        return None, None
    rate = held.done / max((timezone.now() - held.started_at).total_seconds(), 0.1)
    left = int((held.total - held.done) / rate) if held.total and rate else None
    return round(rate), left


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the work has come."""
    return progress_of(request, pk)


def progress_of(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the work has come; when it is over, the page draws itself anew."""
    run = import_of(request, pk)
    working = _working(run)
    if working is None:
        if not is_fragment(request):
            return redirect("import-file", pk)
        return HttpResponse(status=200, headers={"HX-Refresh": "true"})
    context = {"run": run, "job": working}
    return render(request, "importing/_working.html", context)
