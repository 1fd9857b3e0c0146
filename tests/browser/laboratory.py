"""A page with one of each part, and a server of a few lines behind it that runs in the test itself.

The pages of Kesher use the parts; here each is tried alone, without a database.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.template import engines
from django.urls import path
from django.utils import translation
from playwright.sync_api import BrowserContext, Page, Route

# A name that browsers trust, so that locks between windows work; nothing is ever connected to.
ORIGIN = "http://localhost:9"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

# The names that the frame of every page asks for; nobody answers behind them but the laboratory.
FRAME_NAMES = (
    "find",
    "help",
    "settings",
    "notifications",
    "bell",
    "language",
    "theme",
    "my-account",
)
urlpatterns = [path(f"{name}/", HttpResponse, name=name) for name in FRAME_NAMES]
urlpatterns += [
    path("logout/", HttpResponse, name="account_logout"),
    path("login/", HttpResponse, name="account_login"),
]

LOAD = "{% load look %}"
FRAME = """{% extends "base.html" %}{% load look %}{% block title %}Laboratory{% endblock %}
{% block context %}customers.customer:7{% endblock %}
{% block main %}<h1>Laboratory</h1>{{ parts }}{% endblock %}"""
ROW = """<tr data-row="{{ n }}" data-peek="/peek/{{ n }}"><td><input type="checkbox"
 class="form-check-input" data-pick form="bulk" name="id" value="{{ n }}" aria-label="{{ n }}"></td>
<th scope="row"><a class="name" data-open href="/customers/{{ n }}">Row {{ n }}</a></th>
<td data-edit="/cell/{{ n }}/a" data-cell="a">a{{ n }}</td>
<td data-edit="/cell/{{ n }}/b" data-cell="b">b{{ n }}</td></tr>"""
ROWS = (
    """<div class="listing"><k-rows data-total="99" data-kind="customers.customer" class="card-k">
<form id="bulk" class="bulk" data-bulk hidden><input type="hidden" name="all"><b data-count></b>
<button type="button" data-choose-all>all</button></form><table class="tbl"><tbody>"""
    + "{% for n in numbers %}" + ROW + "{% endfor %}"
    + """</tbody></table></k-rows><aside id="peek" aria-label="Peek"></aside></div>"""
)  # fmt: skip
FORM = """<form class="cell-form" hx-post="/cell/{n}/{column}" hx-target="closest td"
 hx-swap="outerHTML"><input class="form-control" name="value" value="{value}" aria-label="v"></form>"""
LIVE = """<div id="live" data-live="customers.customer:7" data-version="{version}" hx-get="/live-part"
 hx-trigger="live" hx-swap="outerHTML"><p>version {version}</p>
<form><input class="form-control" name="free" aria-label="free"></form></div>"""


@dataclass(frozen=True)
class Entry:
    name: str
    label: str
    key: str
    icon: str = "users"
    count: Any = None
    on: bool = False

    @property
    def url(self) -> str:
        return f"/{self.name}/"


class Member:
    pk = 7
    name = role = "Dana Mizrahi"
    is_authenticated = has_letter_keys = True


def drawn(source: str, **context: Any) -> str:
    return engines["django"].from_string(LOAD + source).render(context)


@dataclass
class Laboratory:
    """Answers every request of its windows and remembers what they sent."""

    parts: str = ""
    sent: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    version: int = 1
    token: str = "token"

    def attach(self, context: BrowserContext) -> None:
        context.route("**/*", self.answer)

    def open(self, page: Page, language: str = "en") -> Page:
        self.language = language
        page.goto(f"{ORIGIN}/")
        page.wait_for_function("!!(window.htmx && customElements.get('k-rows'))")
        return page

    def posted(self, address: str) -> list[dict[str, str]]:
        return [values for method, at, values in self.sent if method == "POST" and at == address]

    def page(self) -> str:
        with translation.override(self.language):
            parts = engines["django"].from_string(LOAD + self.parts)
            nav = (Entry("today", "Today", "t"), Entry("customers", "Customers", "c"))
            member = Member()
            shown = {"nav": nav, "member": member, "live_url": "/live", "csrf_token": self.token}
            inside = parts.render({"numbers": range(1, 6)})
            return engines["django"].from_string(FRAME).render({**shown, "parts": inside})

    def answer(self, route: Route) -> None:
        request, parts = route.request, urlsplit(route.request.url)
        if parts.path.startswith("/static/"):
            found = Path(finders.find(parts.path.removeprefix("/static/")))
            route.fulfill(
                body=found.read_bytes(), content_type=TYPES.get(found.suffix, "image/png")
            )
            return
        typed = request.post_data if request.method == "POST" else parts.query
        values = {name: many[-1] for name, many in parse_qs(typed or "", True).items()}
        self.sent.append((request.method, parts.path, values))
        route.fulfill(**self._fulfilment(request.method, parts.path, values))

    def _fulfilment(self, method: str, path: str, values: dict[str, str]) -> dict[str, Any]:
        if path in self.answers:
            return {"content_type": "text/html", **self.answers[path]}
        if path == "/live":
            return {"content_type": "text/event-stream", "body": "retry: 60000\n\n"}
        fulfilment = {"content_type": "text/html; charset=utf-8"}
        if method == "POST" and values.get("value") == "refused":
            fulfilment |= {"status": 422, "headers": {"HX-Reswap": "innerHTML"}}
        return {**fulfilment, "body": self._body(method, path, values)}

    def _body(self, method: str, path: str, values: dict[str, str]) -> str:
        if path.startswith("/cell/"):
            return self._cell(method, path, values)
        if path.startswith("/peek/"):
            return f'<section class="card-k peekp"><h3>Peek {path[6:]}</h3></section>'
        if path == "/live-part":
            return LIVE.format(version=self.version)
        if path == "/":
            return self.page()
        return f"<!doctype html><title>{path}</title><h1>{path}</h1>"

    def _cell(self, method: str, path: str, values: dict[str, str]) -> str:
        _, _, number, column = path.split("/")
        start = f'<td data-edit="{path}" data-cell="{column}">'
        if method == "GET":
            now = self.cells.get(path, f"{column}{number}")
            return FORM.format(n=number, column=column, value=now)
        if values["value"] == "refused":
            form = FORM.format(n=number, column=column, value=values["value"])
            return form.replace("</form>", '<p class="field-error">Not so</p></form>')
        self.cells[path] = values["value"]
        return f"{start}{values['value']}</td>"

    def tell(self, page: Page, **happened: Any) -> None:
        """What the stream would say, told as another window of the same browser tells it."""
        page.evaluate(
            "said => new BroadcastChannel('kesher-live-7').postMessage(JSON.parse(said))",
            json.dumps(happened),
        )
