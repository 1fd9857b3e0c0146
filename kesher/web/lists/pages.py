"""The page of a list and the parts of it that come later: counts, one row, a look, a group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from kesher.core.access import may, require_kind
from kesher.core.fields import Ref
from kesher.core.paging import SIZE
from kesher.organization.queries import saved_views
from kesher.surface.lists.asking import Ask, ask, ask_state, parse_state
from kesher.surface.lists.declaring import Listing
from kesher.surface.lists.grouping import grouped, inside
from kesher.surface.lists.rows import MOST_OF_A_TAB, count_of, sheet_of, values_of
from kesher.surface.lists.views import Shown, shown_views
from kesher.surface.page import is_fragment
from kesher.web.lists.chips import chips
from kesher.web.lists.groups import GroupWriter
from kesher.web.lists.menus import actions_now
from kesher.web.lists.pen import Pen
from kesher.web.lists.table import RowWriter, heads, opens_form
from kesher.web.lists.words import count_words, pager_words

DENSITY = "density"
FRAGMENTS = {"list": "lists/_list.html", "results": "lists/_found.html"}


def pen_of(request: HttpRequest, listing: Listing) -> Pen:
    """A pen for whoever reads this page."""
    return Pen(
        actor=request.actor, country=request.business.country, today=timezone.localdate(),
        now=timezone.now(), painters=dict(listing.painters),
    )  # fmt: skip


def asked(
    request: HttpRequest, listing: Listing, pairs: Iterable[tuple[str, str]] | None = None
) -> tuple[Ask, list[Shown]]:
    """What the address asks for, and the views there are; refuses whoever may not have the list."""
    require_kind(request.actor, "view", listing.kind.model)
    request.saved_views = saved_views(request.actor, listing.name)
    views = shown_views(listing, request.actor, request.saved_views)
    if pairs is None:
        pairs = [(key, value) for key, values in request.GET.lists() for value in values]
    return ask(listing, request.actor, pairs, today=timezone.localdate(), views=views), views


@require_GET
def index(request: HttpRequest, listing: Listing) -> HttpResponse:
    """A list: its views, its filters in words, and a page of its rows or groups."""
    this, views = asked(request, listing)
    return _draw(request, this, views)


def redraw(request: HttpRequest, listing: Listing, query: str) -> HttpResponse:
    """The list of an address anew, for the answer to an act."""
    this, views = asked(request, listing, parse_state(query))
    return _draw(request, this, views)


def _draw(request: HttpRequest, this: Ask, views: list[Shown]) -> HttpResponse:
    target = request.headers.get("HX-Target", "") if is_fragment(request) else ""
    context = _frame(request, this, views) | _body(request, this)
    template = FRAGMENTS.get(
        target, "lists/_list.html" if is_fragment(request) else "lists/list.html"
    )
    response = render(request, template, context)
    response["Vary"] = "HX-Request, HX-Target"
    return response


def _frame(request: HttpRequest, this: Ask, views: list[Shown]) -> dict[str, Any]:
    """What stands round the rows: views, chips, menus."""
    listing, actor = this.listing, request.actor
    return {
        "listing": listing,
        "ask": this,
        "base": reverse(listing.name),
        "query": this.query(),
        "here": this.query(at=this.at),
        "state": this.state,
        "views": views,
        "chips": chips(this, actor, today=timezone.localdate()),
        "hidden": _hidden(this),
        "typed": request.headers.get("HX-Target") == "results",
        "in": quote(this.query(), safe=""),
        "may_export": may(actor, "export", listing.kind.model),
        "add_url": _add_url(listing, request),
        "is_dense": request.COOKIES.get(DENSITY) == "dense",
        "kind": listing.kind.model._meta.label_lower,
    }


def _hidden(this: Ask) -> list[tuple[str, str]]:
    """What the search box sends beside its words, so that the rest of the list stays."""
    pairs = [pair for pair in this.pairs() if pair[0] != "q"] or [("all", "1")]
    return [("view", this.view.key), *pairs] if this.view else pairs


def _add_url(listing: Listing, request: HttpRequest) -> str:
    """Where one is added, if the reader may and there is such a page."""
    if not listing.new or not may(request.actor, listing.new_right, listing.kind.model):
        return ""
    try:
        return reverse(listing.new)
    except NoReverseMatch:
        return ""


def _body(request: HttpRequest, this: Ask) -> dict[str, Any]:
    """The rows, or the groups that they are put into."""
    actor, today = request.actor, timezone.localdate()
    pen = pen_of(request, this.listing)
    fields = this.listing.fields(actor)
    context: dict[str, Any] = {
        "heads": heads(this, fields),
        "is_filtered": bool(this.terms or this.text),
    }
    if this.groups:
        writer = RowWriter(this, actor, pen, tuple(fields[name] for name in this.columns))
        found = grouped(this, actor, today=today)
        bodies = GroupWriter(this, found, pen, writer).bodies()
        return context | {"grouped": found, "bodies": bodies, "picks": writer.picks}
    sheet = sheet_of(this, actor, today=today)
    writer = RowWriter(this, actor, pen, sheet.fields)
    actions = actions_now(this, actor) if writer.picks else []
    return context | {
        "page": sheet.page,
        "rows": writer.rows(sheet),
        "picks": writer.picks,
        "actions": actions,
        "action_keys": tuple(action.key for action in actions),
        "shown": pager_words(sheet.page),
        "back": this.query(at=sheet.page.back) if sheet.page.back else "",
        "forth": this.query(at=sheet.page.forth) if sheet.page.forth else "",
    }


@require_GET
def counts(request: HttpRequest, listing: Listing) -> HttpResponse:
    """How many rows the list holds and, for its tabs, how many each view does."""
    this, views = asked(request, listing)
    actor, today = request.actor, timezone.localdate()
    number, is_all = count_of(this, actor, today=today)
    tabs = []
    if request.GET.get("in") == "tabs":
        for view in views:
            viewed = ask_state(listing, actor, view.state, today=today)
            counted = count_of(viewed, actor, today=today, most=MOST_OF_A_TAB)
            tabs.append((view.key, count_words(*counted)))
    context = {
        "total": count_words(number, is_all),
        "tabs": tabs,
        "has_pager": number > SIZE and not this.groups,
    }
    return render(request, "lists/_counts.html", context)


@require_GET
def group(request: HttpRequest, listing: Listing) -> HttpResponse:
    """One group opened or shut: its rows, or the groups within it."""
    require_kind(request.actor, "view", listing.kind.model)
    actor, today = request.actor, timezone.localdate()
    this = ask_state(listing, actor, request.GET.get("in", ""), today=today)
    if not this.groups:
        raise Http404
    key = request.GET.get("key", "")[:100]
    found = grouped(this, actor, today=today)
    held = next((one for one in found.groups if one.key == key), None)
    if held is None:
        raise Http404
    pen, fields = pen_of(request, listing), listing.fields(actor)
    writer = RowWriter(this, actor, pen, tuple(fields[name] for name in this.columns))
    lines = GroupWriter(this, found, pen, writer)
    if request.GET.get("shut"):
        return HttpResponse(lines.body(held))
    within = inside(this, key, actor)
    if within.groups:
        inner = grouped(within, actor, today=today)
        rows = GroupWriter(within, inner, pen, writer).lines()
        return HttpResponse(lines.body(held, rows, is_open=True))
    sheet = sheet_of(within, actor, today=today)
    rows = RowWriter(within, actor, pen, sheet.fields).rows(sheet)
    return HttpResponse(lines.body(held, rows, is_open=True, is_cut=bool(sheet.page.forth)))


@require_GET
def row(request: HttpRequest, listing: Listing, pk: int) -> HttpResponse:
    """One row drawn anew, as it stands in a list."""
    require_kind(request.actor, "view", listing.kind.model)
    today = timezone.localdate()
    this = ask_state(listing, request.actor, request.GET.get("in", ""), today=today)
    sheet = values_of(this, request.actor, pk, today=today)
    if sheet is None:
        raise Http404
    writer = RowWriter(this, request.actor, pen_of(request, listing), sheet.fields)
    return HttpResponse(writer.rows(sheet))


@require_GET
def peek(request: HttpRequest, listing: Listing, pk: int) -> HttpResponse:
    """A look at one record without leaving the list."""
    require_kind(request.actor, "view", listing.kind.model)
    today, state = timezone.localdate(), request.GET.get("in")
    this = ask_state(listing, request.actor, state or "", today=today)
    sheet = values_of(this, request.actor, pk, today=today, more=listing.peek)
    if sheet is None:
        raise Http404
    pen = pen_of(request, listing)
    values = RowWriter(this, request.actor, pen, sheet.fields).read(sheet)
    by_name = {one.name: one for one in sheet.fields}
    lines = [
        (by_name[name].label, pen.draw(by_name[name], values))
        for name in listing.peek
        if name in by_name and values.get(name) not in (None, "", [])
    ]
    title = values.get(listing.lead)
    context = {
        "pk": pk,
        "title": title.label if isinstance(title, Ref) else title,
        "sub": values.get(listing.sub) if listing.sub else "",
        "lines": lines,
        "url": opens_form(listing, state).format(pk) if listing.opens else "",
        "listing": listing,
    }
    template = "lists/_peek.html" if is_fragment(request) else "lists/peek.html"
    return render(request, template, context)
