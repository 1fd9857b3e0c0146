"""Answers to small acts that may be done from anywhere: say it, offer the way back, refresh."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kesher.surface.page import is_fragment, tell


def acted(request: HttpRequest, said: object, *, undo: str = "", back: str = "/") -> HttpResponse:
    """What was done: the regions of the page fetch themselves anew, a plain form goes back."""
    if not is_fragment(request):
        tell(request, said, undo=undo)
        return redirect(back)
    events = {"k-done": {}, "k-close": {}, "k-toast": {"text": str(said), "undo": undo}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(events)})
