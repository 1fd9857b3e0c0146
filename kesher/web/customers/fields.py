"""One field of a customer, changed where it stands; two who change it at once both see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kesher.core.access import MASK, Actor, note_reading, readable, visible
from kesher.core.changes import Clash, EditConflict, new_batch
from kesher.core.fields import Money
from kesher.core.own.catalogue import choices_of, own_field, readable_own, shown_of
from kesher.core.own.models import OwnField
from kesher.core.refusal import Refusal
from kesher.customers.commands.changing import change_customer
from kesher.customers.models import Channel, Customer, Source
from kesher.organization.models import Language, Member
from kesher.surface.page import go, is_fragment, saved
from kesher.web.customers.saving import undo_address
from kesher.web.customers.whole import Whole, day_names
from kesher.web.own.inputs import input_type, typed_form
from kesher.web.templatetags import look

Options = Sequence[tuple[str, Any]]
MOST_EMPTY = 12  # own fields that are shown though nothing is known


class Unreadable(Refusal):
    """What was typed is no value of this field."""

    message = gettext_lazy("This cannot be read as a value. Choose another.")


@dataclass(frozen=True)
class Column:
    """How a column of a customer is shown and typed."""

    label: Any
    input: str = "text"
    options: Callable[[Actor], Options] | None = None
    model: type | None = None
    is_always_shown: bool = False


@dataclass(frozen=True)
class Field:
    """One line of the card, ready to be shown or typed into."""

    name: str
    label: str
    value: Any
    raw: str = ""
    url: str = ""
    input: str = "text"
    seen: int = 0
    options: Options = ()
    held: Sequence[str] = ()  # of several that are chosen
    hint: str = ""
    section: str = ""

    @property
    def shown(self) -> Any:
        """The value as it is read."""
        if isinstance(self.value, datetime):
            return look.moment(self.value)
        return look.day(self.value, "full") if isinstance(self.value, date) else self.value

    @property
    def is_text(self) -> bool:
        return self.input == "textarea"


def _members(actor: Actor) -> Options:
    rows = visible(actor, Member).filter(is_active=True).order_by("name")
    return [("", _("Nobody")), *((str(row.pk), row.name) for row in rows)]


def _sources(actor: Actor) -> Options:
    rows = visible(actor, Source).order_by("name")
    return [("", ""), *((str(row.pk), row.name) for row in rows)]


def _choices(choices: Any, *, may_be_empty: bool = True) -> Callable[[Actor], Options]:
    return lambda actor: [("", "")] * may_be_empty + [*choices.choices]


COLUMNS: dict[str, Column] = {
    "stage": Column(
        gettext_lazy("Life stage"), "select", _choices(Customer.Stage, may_be_empty=False),
        is_always_shown=True,
    ),
    "owner": Column(
        gettext_lazy("Responsible"), "select", _members, Member, is_always_shown=True
    ),
    "preferred_channel": Column(gettext_lazy("Preferred channel"), "select", _choices(Channel)),
    "preferred_member": Column(gettext_lazy("Preferred colleague"), "select", _members, Member),
    "language": Column(gettext_lazy("Language"), "select", _choices(Language)),
    "birth_on": Column(gettext_lazy("Birthday"), "date"),
    "since_on": Column(gettext_lazy("Customer since"), "date"),
    "source": Column(gettext_lazy("Came from"), "select", _sources, Source),
    "reference": Column(gettext_lazy("Customer number")),
    "about": Column(gettext_lazy("Good to know"), "textarea", is_always_shown=True),
}  # fmt: skip


def fields_of(whole: Whole) -> list[Field]:
    """The lines of the card: what is known, and the few things that ought to be."""
    shown = []
    for name, column in COLUMNS.items():
        one = field_of(whole, name)
        if one is not None and (one.value or (column.is_always_shown and one.url)):
            shown.append(one)
    if days := day_names(whole.record.preferred_days):
        shown.append(Field("preferred_days", _("Preferred days"), days))
    return shown


def own_sections(whole: Whole) -> list[tuple[str, list[Field]]]:
    """The business's own fields in their sections: what is known, and room for what is not."""
    found: dict[str, list[Field]] = {}
    room = MOST_EMPTY
    for one in readable_own(whole.actor, "customers"):
        line = own_line(whole, one)
        room -= not line.value
        if line.value or (line.url and room >= 0):
            found.setdefault(one.section, []).append(line)
    return list(found.items())


def own_line(whole: Whole, one: OwnField, *, is_typed: bool = False) -> Field:
    """The line of an own field."""
    kept = whole.record.own.get(one.place)
    if kept:
        note_reading(whole.actor, whole.record, one.classification)
    shown = shown_of(one, kept)
    names = dict(choices_of(one, with_retired=True))
    if isinstance(kept, list):
        shown = ", ".join(names.get(key, key) for key in kept)
    elif isinstance(shown, Money):
        shown = look.money(shown.amount, shown.currency)
    elif isinstance(shown, (int, Decimal)):
        shown = look.count(shown)
    elif one.type == OwnField.Type.LINK and kept:
        shown = Link(kept)
    address = reverse("customer-field", args=[whole.record.pk, one.key])
    return Field(
        name=one.key,
        label=one.label,
        value=(names.get(kept, shown) if isinstance(kept, str) else shown) or "",
        raw="" if kept is None else str(typed_form(one, kept)),
        url=address if whole.may_change else "",
        input="checks" if one.type == OwnField.Type.MANY else input_type(one),
        seen=whole.record.version,
        options=_offered(one, kept) if is_typed else (),
        held=kept if isinstance(kept, list) else (),
        hint=one.hint,
    )


def _offered(one: OwnField, kept: Any) -> Options:
    offered = choices_of(one, now=kept)
    return offered if one.type == OwnField.Type.MANY or not offered else [("", ""), *offered]


class Link(str):
    """An address of the web, which the card makes a link."""

    @property
    def bare(self) -> str:
        """Without what every address begins with."""
        return self.partition("://")[2].removesuffix("/")


def field_of(whole: Whole, name: str, *, is_typed: bool = False) -> Field | None:
    """One line, or nothing where the reader may not read it."""
    own = own_field("customers", name)
    if own is not None and name in readable(whole.actor, Customer):
        return own_line(whole, own, is_typed=is_typed)
    column = COLUMNS.get(name)
    if column is None or name not in readable(whole.actor, Customer):
        return None
    attribute = f"get_{name}_display"
    seen = whole.customer
    is_choice = column.options is not None and column.model is None
    if column.model is Member:
        value = whole.names.of(getattr(seen, f"{name}_id"))
    else:
        value = getattr(seen, attribute if is_choice else name)
    held = getattr(whole.record, f"{name}_id" if column.model else name)
    address = reverse("customer-field", args=[whole.record.pk, name]) if whole.may_change else ""
    return Field(
        name=name,
        label=str(column.label),
        value="" if value in (None, MASK) else value if isinstance(value, date) else str(value),
        raw="" if held is None else held.isoformat() if isinstance(held, date) else str(held),
        url=address,
        input=column.input,
        seen=whole.record.version,
        options=column.options(whole.actor) if is_typed and column.options else (),
    )


def field(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Show one field, open it for typing, or keep what was typed."""
    whole = Whole(request, pk)
    one = field_of(whole, name, is_typed=True)
    if one is None or not one.url:
        raise Http404
    if request.method == "POST":
        return _keep(request, whole, one)
    if request.GET.get("shown"):
        return _shown(request, whole, name)
    return _typed(request, whole, one)


def _shown(request: HttpRequest, whole: Whole, name: str) -> HttpResponse:
    context = {"customer": whole.customer, "field": field_of(whole, name)}
    return render(request, "customers/_side_field.html", context)


def _typed(
    request: HttpRequest, whole: Whole, one: Field, error: str = "", clash: Clash | None = None
) -> HttpResponse:
    template = "customers/_side_edit.html" if is_fragment(request) else "customers/field.html"
    context = {"customer": whole.customer, "field": one, "error": error, "clash": clash}
    return render(request, template, context, status=409 if clash else 422 if error else 200)


def _keep(request: HttpRequest, whole: Whole, one: Field) -> HttpResponse:
    typed: Any = request.POST.get("value", "")
    keep = request.POST.get("keep", "")
    if one.input == "checks":
        typed = request.POST.getlist("value")
    given = request.POST.get("seen", "")
    seen = int(given) if given.isascii() and given.isdecimal() and len(given) < 9 else None
    if keep == "theirs":
        return _done(request, whole.record.pk, one.name)
    batch = new_batch()
    try:
        change_customer(
            by=request.actor,
            customer=whole.record,
            values={one.name: _value(whole.actor, one.name, typed)},
            seen=whole.record.version if keep == "mine" else seen,
            batch=batch,
        )
    except EditConflict as conflict:
        clash = _in_words(whole, one, conflict.clashes[0], typed)
        return _typed(request, whole, _retyped(one, typed), str(conflict), clash)
    except Refusal as refusal:
        return _typed(request, whole, _retyped(one, typed), str(refusal))
    return _done(request, whole.record.pk, one.name, batch)


def _retyped(one: Field, typed: Any) -> Field:
    return replace(one, held=typed) if isinstance(typed, list) else replace(one, raw=typed)


def _done(request: HttpRequest, pk: int, name: str, batch: str = "") -> HttpResponse:
    if not is_fragment(request):
        return go(request, "customer", pk)
    undo = undo_address(batch) if batch else ""
    return saved(request, _shown(request, Whole(request, pk), name), _("Saved."), undo=undo)


def _value(actor: Actor, name: str, typed: Any) -> Any:
    if own_field("customers", name) is not None:
        return typed
    column = COLUMNS[name]
    if column.model is not None:
        if not typed:
            return None
        rows = visible(actor, column.model)
        record = (
            rows.filter(pk=int(typed)).first() if typed.isdecimal() and len(typed) < 18 else None
        )
        if record is None:
            raise Unreadable
        return record
    if column.input == "date":
        try:
            day = parse_date(typed) if typed else None
        except ValueError:
            day = None
        if typed and day is None:
            raise Unreadable
        return day
    return typed


def _in_words(whole: Whole, one: Field, clash: Clash, typed: Any) -> Clash:
    """Both values as they are shown, and not as they are kept."""
    names = dict(one.options)
    several = typed if isinstance(typed, list) else [typed]
    mine = ", ".join(str(names.get(part, part)) for part in several)
    return replace(clash, theirs=one.value or clash.theirs, mine=mine)
