"""The search box: people, tasks, pages and actions, each only where it may be opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from kesher.catalog.models import Product
from kesher.core.access import Actor, label_of, may, visible
from kesher.core.phones import digits
from kesher.core.search import Hit, find
from kesher.core.text import words
from kesher.customers.models import Customer
from kesher.engagement.models import DoNotContact, Task
from kesher.organization.models import Business, Member, RecentRecord
from kesher.surface.page import is_fragment
from kesher.web.lists.pen import address_form

_form = lru_cache(maxsize=64)(address_form)

LIMIT = 8
RECENT = 5
BEGINS = 80  # of the score: what was typed stands at a beginning; lower ones only sound alike
PEOPLE, NUMBERS, ACTIONS, HELP = "@", "#", ">", "?"
KINDS = {  # kind of hit -> title of its group, icon, name of its address
    "customer": (gettext_lazy("Customers"), "", "customer"),
    "task": (gettext_lazy("Tasks"), "checkbox", "task"),
    "product": (gettext_lazy("Products"), "package", "product"),
    "member": (gettext_lazy("Colleagues"), "", "member"),
}


@dataclass(frozen=True)
class Place:
    """A page or an action that the box leads to, and words that mean it as well."""

    name: str
    label: Any
    icon: str
    shown: Callable[[Actor], bool]
    words: str = ""
    key: str = ""


def _always(actor: Actor) -> bool:
    return True


def _sees(model: type, action: str = "view") -> Callable[[Actor], bool]:
    return lambda actor: may(actor, action, model)


PAGES = (
    Place("today", gettext_lazy("Today"), "sun-high", _always, "home start", "t"),
    Place("customers", gettext_lazy("Customers"), "users", _sees(Customer), "people list", "c"),
    Place("tasks", gettext_lazy("Tasks"), "checkbox", _sees(Task), "to do", "k"),
    Place("products", gettext_lazy("Products"), "package", _sees(Product), "prices items", "p"),
    Place(
        "do-not-contact",
        gettext_lazy("Do not contact"),
        "ban",
        _sees(DoNotContact),
        "blocked block list dnc",
    ),
    Place("members", gettext_lazy("Members"), "users-group", _sees(Member), "staff colleagues"),
    Place("bin", gettext_lazy("Bin"), "trash", _sees(Customer, "bin"), "deleted trash"),
    Place("absences", gettext_lazy("Absences"), "beach", _always, "holiday leave shifts"),
    Place("mailbox", gettext_lazy("Mailbox"), "inbox", _sees(Business, "manage"), "mail"),
    Place("settings", gettext_lazy("Settings"), "settings", _sees(Business, "manage"), "logo"),
    Place("my-account", gettext_lazy("My account"), "user", _always, "password profile"),
    Place("help", gettext_lazy("Help"), "help", _always, "keys shortcuts", "?"),
)
DOINGS = (
    Place("customer-new", gettext_lazy("New customer"), "user-plus", _sees(Customer, "add"),
          "add create", "+"),
    Place("task-new", gettext_lazy("New task"), "checkbox", _sees(Task, "add"), "add create"),
    Place("product-new", gettext_lazy("New product"), "package", _sees(Product, "add"),
          "add create price"),
    Place("import", gettext_lazy("Import from a file"), "file-upload", _sees(Customer, "add"),
          "csv upload"),
    Place("invite", gettext_lazy("Invite a colleague"), "mail", _sees(Member, "manage"), "staff"),
)  # fmt: skip


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What was found, as lines of the palette or as a page of its own."""
    typed = request.GET.get("q", "")[:500]
    sign, text = (
        (typed[0], typed[1:]) if typed[:1] in (PEOPLE, NUMBERS, ACTIONS, HELP) else ("", typed)
    )
    groups = [group for group in _groups(request, sign, text.strip()) if group["lines"]]
    context = {"groups": groups, "typed": typed, "offer": _offer(request, sign, text, groups)}
    template = "home/_found.html" if is_fragment(request) else "home/find.html"
    response = render(request, template, context)
    response["Vary"] = "HX-Request"
    return response


def _groups(request: HttpRequest, sign: str, text: str) -> Iterable[dict[str, Any]]:
    actor = request.actor
    if sign == HELP:
        yield _group(_("Help"), _places(actor, PAGES[-1:], ""))
        return
    hits: list[Hit] = []
    records: Iterable[dict[str, Any]] = ()
    if sign != ACTIONS and not text:
        records = [_group(_("Opened last"), _recent(actor))]
    elif sign != ACTIONS:
        kinds = ["customer"] if sign in (PEOPLE, NUMBERS) else []
        hits = [hit for hit in find(actor, text, kinds=kinds, limit=LIMIT * 2) if hit.kind in KINDS]
        records = _hits(text, hits)
    places: Iterable[dict[str, Any]] = ()
    if sign in ("", ACTIONS):
        places = (
            _group(_("Actions"), _places(actor, DOINGS, text)),
            _group(_("Pages"), _places(actor, PAGES, text)),
        )
    is_guess = bool(hits) and hits[0].score < BEGINS
    yield from places if is_guess else records
    yield from records if is_guess else places


def _group(title: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": title, "lines": lines}


def _hits(text: str, hits: list[Hit]) -> Iterable[dict[str, Any]]:
    is_exact = _means_one(text, hits)
    for kind, (title, icon, name) in KINDS.items():
        lines = [
            _line(hit, icon, name, is_exact=is_exact and hit is hits[0])
            for hit in hits
            if hit.kind == kind
        ]
        yield _group(str(title), [line for line in lines if line["url"]][:LIMIT])


def _means_one(text: str, hits: list[Hit]) -> bool:
    """Whether one record alone is meant: a whole number or name that only one has."""
    if not hits:
        return False
    clearly = len(hits) == 1 or hits[0].score - hits[1].score >= 4
    return clearly and (len(digits(text)) >= 4 or hits[0].score >= 105)


def _line(hit: Hit, icon: str, name: str, *, is_exact: bool) -> dict[str, Any]:
    return {
        "id": f"found-{hit.kind}-{hit.pk}",
        "url": _form(name).format(hit.pk),
        "icon": icon,
        "label": hit.title,
        "parts": hit.parts,
        "key": hit.pk,
        "exact": is_exact,
    }


def _places(actor: Actor, places: Iterable[Place], text: str) -> list[dict[str, Any]]:
    asked = words(text)
    found = []
    for place in places:
        url = _form(place.name, is_numbered=False)
        said = words(f"{place.label} {place.words}")
        is_meant = all(any(one.startswith(word) for one in said) for word in asked)
        if url and is_meant and place.shown(actor):
            found.append(
                {"id": f"go-{place.name}", "url": url, "icon": place.icon,
                 "label": str(place.label), "parts": []}
            )  # fmt: skip
    return found[:LIMIT]


def _recent(actor: Actor) -> list[dict[str, Any]]:
    """The customers this member opened last, as far as he may still see them."""
    kinds = ("customer", Customer._meta.label_lower)
    rows = visible(actor, RecentRecord).filter(member=actor.member_id, kind__in=kinds)
    ids = list(rows.order_by("-opened_at").values_list("record_id", flat=True)[:RECENT])
    seen = visible(actor, Customer).filter(binned_at=None).in_bulk(ids)
    form = _form("customer")
    return [
        {"id": f"found-customer-{pk}", "url": form.format(pk), "icon": "",
         "label": label_of(actor, seen[pk]), "parts": [], "key": pk}
        for pk in ids
        if pk in seen
    ]  # fmt: skip


def _offer(request: HttpRequest, sign: str, text: str, groups: list[dict]) -> dict[str, Any] | None:
    """Nobody found: the same words begin a new customer."""
    if sign == ACTIONS or not text.strip() or not may(request.actor, "add", Customer):
        return None
    if any(group["title"] == str(KINDS["customer"][0]) for group in groups):
        return None
    return {"url": _form("customer-new", is_numbered=False), "typed": text.strip()}
