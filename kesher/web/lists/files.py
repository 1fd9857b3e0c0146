"""Lists as files: written at once when they are small, else by the worker."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from kesher.core.access import require_kind
from kesher.core.access_log import note_many
from kesher.core.jobs import job_of, start_job, working
from kesher.core.models import Job
from kesher.surface.lists.bulk import strict_ask
from kesher.surface.lists.declaring import Listing
from kesher.surface.lists.export import AT_ONCE, FORMATS, Export, export_of
from kesher.surface.lists.rows import fields_of
from kesher.web.lists.chips import chips
from kesher.web.lists.many import follow
from kesher.web.lists.pages import pen_of
from kesher.web.lists.table import RowWriter, heads
from kesher.web.lists.work import exports_folder, told, write_file

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
MOST = 10_000_000
PAPER = "paper"


@require_POST
def export(request: HttpRequest, listing: Listing) -> HttpResponse:
    """The list as a file, of what the reader may export; that it was written is kept as a job."""
    require_kind(request.actor, "view", listing.kind.model)
    ending = request.POST.get("format", "")
    if ending not in (*FORMATS, PAPER):
        raise Http404
    state, today = request.POST.get("in", ""), timezone.localdate()
    this = strict_ask(listing, request.actor, state, today=today)
    made = export_of(this, request.actor, today=today)
    count, is_all = made.count(AT_ONCE)
    label = listing.kind.model._meta.label_lower
    watched = request.actor.watched & {one.classification for one in made.fields}
    if ending == PAPER:
        note_many(label, watched, count, "file")
        return _on_paper(request, made, count, is_all=is_all)
    total = count if is_all else made.count(MOST)[0]
    note_many(label, watched, total, "file")
    if is_all:
        return _at_once(request, made, ending, count)
    with transaction.atomic():
        held = start_job(by=request.actor, name="export", total=total)
        asked = told(request.actor, listing=listing.name, state=state, format=ending)
        write_file.enqueue(held.key, asked)
    return follow(request, held)


def _at_once(request: HttpRequest, made: Export, ending: str, count: int) -> HttpResponse:
    held = start_job(by=request.actor, name="export", total=count)
    with working(held), tempfile.TemporaryDirectory() as folder:
        if ending == "csv":
            content = b"".join(made.csv())
        else:
            path = Path(folder) / "list.xlsx"
            made.xlsx(path)
            content = path.read_bytes()
        held.advance(count)
    return _named(HttpResponse(content, content_type=TYPES[ending]), made.name(ending))


def _on_paper(request: HttpRequest, made: Export, count: int, *, is_all: bool) -> HttpResponse:
    """The rows in one table for the printer, with nothing to press."""
    this = made.ask
    read = replace(made, fields=fields_of(this, request.actor))
    writer = RowWriter(this, request.actor, pen_of(request, this.listing), read.fields)
    held = start_job(by=request.actor, name="export", total=count)
    with working(held):
        rows = islice(chain.from_iterable(read.values()), AT_ONCE)
        drawn = [writer.plain_row(pk, values) for pk, values in rows]
        held.advance(len(drawn))
    fields = this.listing.fields(request.actor)
    context = {
        "listing": this.listing, "rows": drawn, "most": AT_ONCE, "is_all": is_all,
        "heads": heads(this, fields), "chips": chips(this, request.actor, today=made.today),
        "back": f"{reverse(this.listing.name)}?{this.state or 'all=1'}",
    }  # fmt: skip
    return render(request, "lists/paper.html", context)


@require_GET
def fetch(request: HttpRequest, key: str) -> HttpResponse:
    """The file that the worker wrote, for whoever asked for it, and nobody else."""
    held = job_of(request.actor, key)
    if held is None or held.name != "export" or held.state != Job.State.DONE:
        raise Http404
    ending = held.result.get("format", "")
    path = exports_folder() / f"{held.key}.{ending}"
    if ending not in TYPES or not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), content_type=TYPES[ending])
    return _named(response, held.result["name"])


def _named(response: HttpResponse, name: str) -> HttpResponse:
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
