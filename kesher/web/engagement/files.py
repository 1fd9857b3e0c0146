"""Files of customers: handed out as attachments only, and taken away."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kesher.core.access import allows, guard, note_reading
from kesher.core.files import opened
from kesher.customers.emergency import cleared_near
from kesher.engagement.commands.filing import bin_attachment, restore_attachment
from kesher.engagement.models import Attachment
from kesher.surface.found import found
from kesher.web.engagement.acting import acted

# Whatever a file says it is, a browser runs nothing of it.
HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@require_safe
def attachment(request: HttpRequest, pk: int) -> FileResponse:
    """Hand out the bytes of one file."""
    reader = cleared_near(request.actor, Attachment, pk, timezone.now())
    held = found(reader, Attachment, pk, "file")
    if held.binned_at is not None:
        raise Http404
    note_reading(request.actor, held, held.classification)
    try:
        content = opened(held.file)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        content, as_attachment=True, filename=held.name, content_type=held.file.content_type
    )
    for name, value in HARMLESS.items():
        response.headers[name] = value
    return response


@require_safe
def menu(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines of a file's menu."""
    held = found(request.actor, Attachment, pk, "file")
    context = {
        "file": guard(request.actor, held),
        "may_bin": allows(request.actor, "bin", held),
    }
    return render(request, "engagement/_file_menu.html", context)


@require_POST
def bin_it(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file away."""
    held = found(request.actor, Attachment, pk, "file", "customer")
    bin_attachment(by=request.actor, attachment=held, now=timezone.now())
    undo = reverse("attachment-restore", args=[pk])
    return acted(request, _("The file is taken away."), undo=undo, back=_back(held))


@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a file back."""
    held = found(request.actor, Attachment, pk, "file", "customer")
    restore_attachment(by=request.actor, attachment=held)
    return acted(request, _("The file is put back."), back=_back(held))


def _back(held: Attachment) -> str:
    return reverse("customer", args=[held.customer_id])
