"""A refusal of the domain becomes an answer with its sentence, never a stack trace."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kesher.core.changes import EditConflict
from kesher.core.refusal import Refusal
from kesher.surface.page import is_fragment


class RefusalMiddleware:
    """Answer a Refusal that no view caught with its status and its words."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, PermissionDenied):
            return render(request, "403.html", status=403)
        if not isinstance(error, Refusal):
            return None
        clashes = error.clashes if isinstance(error, EditConflict) else []
        template = "parts/_refusal.html" if is_fragment(request) else "refusal.html"
        context = {"refusal": str(error), "clashes": clashes, "status": error.status}
        return render(request, template, context, status=error.status)
