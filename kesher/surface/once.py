"""A form that is sent twice – a double click, a reload, an answer that got lost – is done once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from kesher.core.once import Form, SentBefore, digest_of, keep_answer, sending, sent_before
from kesher.surface.page import is_fragment

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field; drawn anew with each form
View = Callable[..., HttpResponse]


def once_only(view: View) -> View:
    """Guard a page that makes something: the same drawing of a form, filled the same, makes one."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
        if request.method != "POST" or TOKEN not in request.POST:
            return view(request, *args, **named)
        form = Form(request.actor.member_id or 0, _key(request), timezone.now())
        if sent_before(form):
            return _again(request, form)
        try:
            with sending(form):
                response = view(request, *args, **named)
        except SentBefore:
            return _again(request, form)
        keep_answer(form, _led_to(response))
        return response

    return answer


def _key(request: HttpRequest) -> str:
    parts = [request.path]
    for name in sorted(request.POST):
        parts += [name, *request.POST.getlist(name)]
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            held = hashlib.sha256()
            for chunk in file.chunks():
                held.update(chunk)
            parts += [name, file.name or "", held.hexdigest()]
    return digest_of(*parts)


def _led_to(response: HttpResponse) -> str:
    to = response.headers.get("HX-Redirect") or response.headers.get("Location", "")
    return to if len(to) <= 300 else ""


def _again(request: HttpRequest, form: Form) -> HttpResponse:
    """What was made stands: lead to where the first answer led, or show the page as it is now."""
    held = sent_before(form)
    where = held.where if held else ""
    if is_fragment(request):
        headers = {"HX-Redirect": where} if where else {"HX-Refresh": "true"}
        return HttpResponse(status=204, headers=headers)
    return redirect(where or _came_from(request))


def _came_from(request: HttpRequest) -> str:
    address = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()})
    return urlsplit(address).path if is_ours else "/"
