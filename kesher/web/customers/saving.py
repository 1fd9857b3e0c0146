"""What the small forms round a customer share: a refusal in the form, a toast, a way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse

from kesher.core.refusal import Refusal
from kesher.customers.models import Customer
from kesher.surface.found import found
from kesher.surface.page import is_fragment, saved, tell


def customer_of(request: HttpRequest, pk: int) -> Customer:
    """The customer of the address, or 404."""
    return found(request.actor, Customer, pk)


def did(form: forms.Form, command: Callable[[], object]) -> bool:
    """Whether the command did its work; what it refuses is said in the form."""
    try:
        command()
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error(None, str(refusal))
        return False
    return True


def undo_address(batch: str) -> str:
    """Where a batch is taken back."""
    try:
        return reverse("undo", args=[batch])
    except NoReverseMatch:
        return ""


def drawn(
    request: HttpRequest, name: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A dialog where htmx asks, the same form as a page elsewhere."""
    template = f"customers/_{name}.html" if is_fragment(request) else f"customers/{name}.html"
    response = render(request, template, dict(context), status=status)
    response["Vary"] = "HX-Request"
    return response


def done(
    request: HttpRequest,
    said: str,
    draw: Callable[[], HttpResponse],
    back: str,
    pk: int,
    *,
    batch: str = "",
) -> HttpResponse:
    """After a write: the dialog anew with a toast; without scripts back to where the form stood."""
    undo = undo_address(batch) if batch else ""
    if is_fragment(request):
        return saved(request, draw(), said, undo=undo)
    tell(request, said, undo=undo)
    return redirect(back, pk)
