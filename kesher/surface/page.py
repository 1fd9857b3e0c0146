"""Answers: a whole page, or only the fragment where htmx asks for it."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def is_fragment(request: HttpRequest) -> bool:
    """Whether a part of a page is wanted, not the page."""
    return request.headers.get("HX-Request") == "true"


def show(request: HttpRequest, page: str, *, fragment: str, status: int = 200, **context):
    """Render the page, or the fragment that it includes."""
    template = fragment if is_fragment(request) else page
    response = render(request, template, context, status=status)
    response["Vary"] = "HX-Request"
    return response


def go(request: HttpRequest, to: str, *args: object, **named: object) -> HttpResponse:
    """Send the browser on after a write: htmx follows HX-Redirect, a plain form a redirect."""
    target = redirect(to, *args, **named)
    if not is_fragment(request):
        return target
    return HttpResponse(status=204, headers={"HX-Redirect": target["Location"]})


def tell(request: HttpRequest, said: object, *, undo: str = "") -> None:
    """Say on the next page what was done and, where there is a way back, its address."""
    messages.success(request, str(said), extra_tags=undo)


def saved(
    request: HttpRequest, response: HttpResponse, said: str, *, undo: str = ""
) -> HttpResponse:
    """Add a toast to an answer: what was done and, where there is a way back, its address."""
    response["HX-Trigger-After-Settle"] = json.dumps({"k-toast": {"text": str(said), "undo": undo}})
    return response
