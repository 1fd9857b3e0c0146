"""A filter put together in two steps, a field and a value; and the columns of a list.

Both work as plain forms of two pages. With scripts they stand in the menus of the list.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from kesher.core.access import Actor, may, require_kind
from kesher.core.fields import WORDS, Field, Type, choices_of
from kesher.core.filters import ME, NONE, OP_LABELS, BadFilter, Term, condition, ops_of
from kesher.core.own.catalogue import keeper_for
from kesher.core.own.models import OwnField
from kesher.core.text import clean, fold
from kesher.surface.lists.asking import Ask, ask, parse_state, split_width
from kesher.surface.lists.declaring import Listing
from kesher.surface.lists.views import shown_views
from kesher.surface.page import is_fragment
from kesher.web.lists.chips import month_name, span_words
from kesher.web.lists.menus import column_lines, group_lines

MOST_SUGGESTED = 8
NEXT_WIDTH = {"": "~wide", "wide": "~narrow", "narrow": ""}
SPANS = {
    "within": ("-7d", "-30d", "-90d", "-1y", "7d", "30d"),
    "coming": ("7d", "30d", "90d"),
}


@dataclass(frozen=True)
class Suggestion:
    """A filter one may mean by what is typed: choosing it applies it."""

    label: Any
    value: Any
    url: str


@require_GET
def build(request: HttpRequest, listing: Listing) -> HttpResponseBase:
    """Choose a field, then a value; what is chosen is added to the list's address."""
    require_kind(request.actor, "view", listing.kind.model)
    this = _this(request, listing)
    fields = listing.fields(request.actor)
    name = request.GET.get("field", "")
    if not name:
        return _choose(request, this, fields)
    if name not in fields:
        raise Http404
    one = fields[name]
    op = request.GET.get("op", "")
    op = op if op in ops_of(one) else _first_op(one)
    values = [clean(v) for v in request.GET.getlist("value") if clean(v)]
    if values and request.GET.get("go"):
        return _apply(request, this, one, op, values)
    return _ask_value(request, this, one, op)


def _this(request: HttpRequest, listing: Listing) -> Ask:
    """The list that the filter is for; it is carried along as the query of its address."""
    pairs = parse_state(request.GET.get("in", ""))
    views = shown_views(listing, request.actor)
    return ask(listing, request.actor, pairs, today=timezone.localdate(), views=views)


def _first_op(one: Field) -> str:
    """What is meant most often: of days a span, of the rest what the grammar takes as usual."""
    return "within" if one.type in (Type.DATE, Type.MOMENT) else ops_of(one)[0]


def _choose(request: HttpRequest, this: Ask, fields: dict[str, Field]) -> HttpResponseBase:
    """The fields, narrowed by what is typed; Enter takes the first value that is called so."""
    typed = clean(request.GET.get("text", ""))[:60]
    asked = fold(typed)
    base = reverse(f"{this.listing.name}-filter")
    found = [one for one in fields.values() if asked in fold(str(one.label))]
    suggested = _suggestions(this, request.actor, fields, asked) if asked else []
    if typed and not is_fragment(request):
        if suggested:
            return redirect(suggested[0].url)
        if len(found) == 1:
            return redirect(f"{base}?{urlencode({'field': found[0].name, 'in': this.query()})}")
    context = {
        "listing": this.listing,
        "fields": sorted(found, key=lambda one: str(one.label).casefold()),
        "suggested": suggested,
        "typed": typed,
        "in": this.query(),
        "base": base,
    }
    is_typing = request.headers.get("HX-Target") == "filter-found"
    template = "lists/_filter_found.html" if is_typing else "lists/_filter.html"
    return render(request, template if is_fragment(request) else "lists/filter.html", context)


def _suggestions(this: Ask, actor: Actor, fields: dict[str, Field], asked: str) -> list[Suggestion]:
    """Values whose name holds what is typed: "gold" means the tag Gold."""
    base = reverse(this.listing.name)
    found = []
    for one in fields.values():
        if one.type not in (Type.CHOICE, Type.REF):
            continue
        for value, label in choices_of(one, actor):
            if asked in fold(label):
                query = this.with_term(Term(one.name, "is", (value,))).query()
                found.append(
                    (
                        not fold(label).startswith(asked),
                        Suggestion(one.label, label, f"{base}?{query}"),
                    )
                )
    found.sort(key=lambda pair: pair[0])
    return [suggestion for _late, suggestion in found[:MOST_SUGGESTED]]


def _ask_value(
    request: HttpRequest, this: Ask, one: Field, op: str, error: str = ""
) -> HttpResponse:
    context = {
        "listing": this.listing,
        "one": one,
        "op": op,
        "ops": [(name, OP_LABELS[name]) for name in ops_of(one)],
        "input": _input(one, op),
        "choices": _choices(one, op, request.actor),
        "chosen": _chosen(this, one, op),
        "error": error,
        "typed": request.GET.get("value", ""),
        "in": this.query(),
        "base": reverse(f"{this.listing.name}-filter"),
    }
    template = "lists/_filter_value.html" if is_fragment(request) else "lists/filter_value.html"
    return render(request, template, context, status=422 if error else 200)


def _input(one: Field, op: str) -> str:
    """What the value is typed with; empty where it is chosen."""
    if op in ("empty", "within", "coming", "month"):
        return ""
    if op == "in":
        return "month"
    if one.type in (Type.DATE, Type.MOMENT):
        return "date"
    if one.type in (Type.NUMBER, Type.MONEY):
        return "number"
    if one.type == Type.PHONE:
        return "tel"
    return "text" if one.type in WORDS else ""


def _choices(one: Field, op: str, actor: Actor) -> list[tuple[str, Any]]:
    """What may be chosen for a comparison."""
    if op == "empty":
        return [("yes", _("is empty")), ("no", _("has a value"))]
    if op in SPANS:
        return [(span, span_words(span, is_coming=op == "coming")) for span in SPANS[op]]
    if op == "month":
        return [(str(number), month_name(number)) for number in range(1, 13)]
    if one.type == Type.FLAG:
        return [("yes", pgettext("filter", "yes")), ("no", pgettext("filter", "no"))]
    if one.type not in (Type.CHOICE, Type.REF):
        return []
    found: list[tuple[str, Any]] = list(choices_of(one, actor))
    if one.refers is not None and one.refers._meta.label_lower == "organization.member":
        found.insert(0, (ME, pgettext("filter", "me")))
    return [*found, (NONE, pgettext("filter", "none"))]


def _chosen(this: Ask, one: Field, op: str) -> tuple[str, ...]:
    """What is chosen already."""
    return next(
        (t.values for t in this.terms if (t.field, t.op, t.group) == (one.name, op, "")), ()
    )


def _apply(
    request: HttpRequest, this: Ask, one: Field, op: str, values: list[str]
) -> HttpResponseBase:
    term = Term(one.name, op, tuple(dict.fromkeys(values)))
    try:
        condition([term], this.listing.kind, request.actor, today=timezone.localdate())
    except BadFilter:
        return _ask_value(request, this, one, op, error=_("This cannot be read. Type it anew."))
    kept = this.without(term.key) if _input(one, op) == "" else this
    return _lead_to(request, kept.with_term(term))


def _lead_to(request: HttpRequest, this: Ask) -> HttpResponseBase:
    """On to the list: htmx changes only the list, a plain form the page."""
    url = f"{reverse(this.listing.name)}?{this.query()}"
    if not is_fragment(request):
        return redirect(url)
    where = {"path": url, "target": "#list", "swap": "outerHTML"}
    return HttpResponse(status=204, headers={"HX-Location": json.dumps(where)})


# ---- columns and groups


@require_GET
def columns(request: HttpRequest, listing: Listing) -> HttpResponseBase:
    """Show, hide and move columns: nothing changes in the list before it is applied."""
    require_kind(request.actor, "view", listing.kind.model)
    this = _this(request, listing)
    if not ("col" in request.GET or "go" in request.GET or "move" in request.GET):
        template = "lists/_column_form.html" if is_fragment(request) else "lists/columns.html"
        lines = {"columns": column_lines(this, request.actor)}
        return render(request, template, _menu(this) | lines | {"may_add": _may_add(this, request)})
    fields = listing.fields(request.actor)
    words = [word for word in request.GET.getlist("col") if split_width(word)[0] in fields]
    name, _dot, way = request.GET.get("move", "").rpartition(".")
    changed = this.with_columns(_moved(words, name, way))
    if way and is_fragment(request):
        lines = column_lines(changed, request.actor)
        return render(request, "lists/_column_lines.html", {"columns": lines})
    return _lead_to(request, changed)


def _may_add(this: Ask, request: HttpRequest) -> bool:
    """Whether a field that is missed here can be made."""
    is_kept = keeper_for(this.listing.kind.model) is not None
    return is_kept and may(request.actor, "manage", OwnField)


def _moved(words: list[str], name: str, way: str) -> list[str]:
    """The columns with one of them moved, or made wide, then narrow, then as usual again."""
    names = [split_width(word)[0] for word in words]
    if name not in names:
        return words
    at = names.index(name)
    if way == "width":
        words[at] = name + NEXT_WIDTH[split_width(words[at])[1]]
        return words
    to = at - 1 if way == "earlier" else at + 1
    if 0 <= to < len(words):
        words[at], words[to] = words[to], words[at]
    return words


@require_GET
def groups(request: HttpRequest, listing: Listing) -> HttpResponse:
    """By what rows can be put together."""
    require_kind(request.actor, "view", listing.kind.model)
    this = _this(request, listing)
    template = "lists/_group_lines.html" if is_fragment(request) else "lists/groups.html"
    return render(request, template, _menu(this) | {"groups": group_lines(this, request.actor)})


def _menu(this: Ask) -> dict[str, Any]:
    return {"listing": this.listing, "base": reverse(this.listing.name), "query": this.query()}
