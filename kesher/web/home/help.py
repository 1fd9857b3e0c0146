"""Help in place: the keys, and where things are."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The keyboard map and the first steps, as a page that also prints."""
    return render(request, "home/help.html")
