"""One cell of a list: shown, changed where it stands, refused with its reason."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kesher.core.access import label_of, require_kind
from kesher.core.changes import EditConflict
from kesher.core.fields import choices_of
from kesher.core.refusal import Refusal
from kesher.surface.lists.asking import ask_state
from kesher.surface.lists.declaring import Listing
from kesher.surface.lists.editing import Editing, editing, write
from kesher.surface.lists.rows import Sheet, values_of
from kesher.surface.page import is_fragment, saved
from kesher.web.lists.pages import pen_of
from kesher.web.lists.table import RowWriter


def cell(request: HttpRequest, listing: Listing, pk: int, name: str) -> HttpResponse:
    """A cell as a form, and what its form sends."""
    require_kind(request.actor, "view", listing.kind.model)
    held = editing(listing, request.actor, pk, name)
    if held is None:
        raise Http404
    if request.method != "POST":
        return _form(request, held, typed=_plain(held.value))
    typed = request.POST.get("value", "")
    try:
        with transaction.atomic():
            batch = write(held, by=request.actor, typed=typed, seen=_seen(request))
    except EditConflict as conflict:
        return _clash(request, held, typed, conflict)
    except Refusal as refusal:
        return _form(request, held, typed=typed, error=str(refusal), status=refusal.status)
    if not is_fragment(request):
        return redirect(reverse(listing.name))
    drawn = _drawn(request, listing, pk, name)
    return saved(request, drawn, _("Saved."), undo=reverse("undo", args=[batch]) if batch else "")


def _seen(request: HttpRequest) -> int | None:
    """The version that somebody had before him when he began to type."""
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else None


def _plain(value: Any) -> str:
    """A value as an input holds it."""
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _form(
    request: HttpRequest, held: Editing, *, typed: str, error: str = "", status: int = 200,
    **more: Any,
) -> HttpResponse:  # fmt: skip
    """The form of a cell. What was refused comes back with its reason and what was typed."""
    context = {
        "one": held.one,
        "pk": held.record.pk,
        "name": label_of(request.actor, held.record),
        "typed": typed,
        "was": _plain(held.value),
        "version": held.version,
        "error": error,
        "choices": _choices(request, held),
        "action": reverse(f"{held.listing.name}-cell", args=[held.record.pk, held.one.name]),
        "listing": held.listing,
    }
    template = "lists/_cell.html" if is_fragment(request) else "lists/cell.html"
    response = render(request, template, context | more, status=status)
    if status >= 400:  # the form goes into the cell, which only a saved value replaces
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def _clash(request: HttpRequest, held: Editing, typed: str, conflict: EditConflict) -> HttpResponse:
    """Somebody changed the same field meanwhile: both values, and the choice between them."""
    fresh = editing(held.listing, request.actor, held.record.pk, held.one.name) or held
    names = {clash.by for clash in conflict.clashes}
    row = _row(request, held.listing, held.record.pk, held.one.name)
    theirs = row[0].draw(row[1], held.one.name) if row else _plain(fresh.value)
    return _form(
        request, fresh, typed=typed, status=409, theirs=theirs, by=", ".join(sorted(names)),
        is_clash=True,
    )  # fmt: skip


def _choices(request: HttpRequest, held: Editing) -> list[tuple[str, str]]:
    """What may be chosen. Who has left, say, is offered only where he stands already."""
    narrower = held.listing.edit_choices.get(held.one.name)
    known = choices_of(held.one, request.actor)
    if narrower is None:
        return known
    pairs = [(str(value), str(label)) for value, label in narrower(request.actor)]
    now = _plain(held.value)
    return pairs + [pair for pair in known if pair[0] == now and pair not in pairs]


def _row(
    request: HttpRequest, listing: Listing, pk: int, name: str
) -> tuple[RowWriter, Sheet] | None:
    today = timezone.localdate()
    this = ask_state(listing, request.actor, "", today=today)
    sheet = values_of(this, request.actor, pk, today=today, more=(name,))
    if sheet is None:
        return None
    return RowWriter(this, request.actor, pen_of(request, listing), sheet.fields), sheet


def _drawn(request: HttpRequest, listing: Listing, pk: int, name: str) -> HttpResponse:
    """The whole cell anew."""
    row = _row(request, listing, pk, name)
    if row is None:  # changed out of one's own sight
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    writer, sheet = row
    return HttpResponse(writer.cell(sheet, name))
