"""What holds for every page: it travels light, is private, forgotten at sign-out, and a fragment
never swaps in the sign-in page."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

from django.contrib.auth import SESSION_KEY
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import resolve_url
from django.urls import reverse

Answer = Callable[[HttpRequest], HttpResponse]
UNUSED_BY_KESHER = "camera=(), display-capture=(), geolocation=(), payment=(), usb=()"


class CompressedPages(GZipMiddleware):
    """Pages travel compressed, files as they are.

    Django pads each page at random, so that its size does not betray what it holds.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class PrivatePages:
    """Nothing that a page shows is kept by the browser or on the way, unless the page allows it."""

    def __init__(self, answer: Answer):
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        response.headers.setdefault("Permissions-Policy", UNUSED_BY_KESHER)
        return response


class ForgetAtSignOut:
    """When a request ends a session, the browser drops what it kept of our pages."""

    def __init__(self, answer: Answer):
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_signed_in = request.method == "POST" and SESSION_KEY in request.session
        response = self.answer(request)
        if was_signed_in and SESSION_KEY not in request.session:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


class SignInFromFragment:
    """A redirect to a sign-in page, asked for by htmx, moves the whole page instead of a part."""

    def __init__(self, answer: Answer):
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        if request.headers.get("HX-Request") != "true" or response.status_code != 302:
            return response
        target = urlsplit(response.headers["Location"])
        if target.path not in sign_in_paths():
            return response
        return HttpResponse(status=204, headers={"HX-Redirect": _returning(target, request)})


class OneEncoding:
    """Forms come in UTF-8, as our pages ask for them; by another one, half a letter slips in."""

    def __init__(self, answer: Answer):
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() not in ("utf-8", "utf8"):
            raise BadRequest(f"a form in {charset[:40]}")
        return self.answer(request)


def sign_in_paths() -> set[str]:
    return {
        resolve_url("account_login"),
        reverse("account_reauthenticate"),
        reverse("mfa_reauthenticate"),
        reverse("mfa_reauthenticate_webauthn"),
    }


def _returning(target, request: HttpRequest) -> str:
    """The sign-in address, leading back to the page in the browser and not to its fragment."""
    asked = parse_qs(target.query)
    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    if page.path and page.netloc == request.get_host():
        asked["next"] = [page.path + (f"?{page.query}" if page.query else "")]
    else:
        asked.pop("next", None)
    return target.path + (f"?{urlencode(asked, doseq=True)}" if asked else "")
