"""The table of a list: its head, whose columns sort, and its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kesher.core.access import Actor, visible
from kesher.core.access_log import note_many
from kesher.core.fields import Field, Type
from kesher.surface.lists.asking import Ask
from kesher.surface.lists.declaring import Listing
from kesher.surface.lists.editing import may_edit
from kesher.surface.lists.rows import Sheet
from kesher.web.lists.pen import NOTHING, Pen, Row, address_form, html, lead

AT_END = frozenset({Type.MONEY, Type.NUMBER})


@dataclass(frozen=True)
class Head:
    """The head of a column: its name, the address that sorts by it, how it is sorted now."""

    name: str
    label: Any
    look: str
    url: str = ""
    sorted: str = ""  # "ascending", "descending"


def heads(ask: Ask, fields: dict[str, Field]) -> tuple[Head, ...]:
    """The heads of the columns, in their order."""
    base = reverse(ask.listing.name)
    found = []
    for name in ask.columns:
        one = fields[name]
        is_sorted = name == ask.sort
        url = f"{base}?{ask.sorted_by(name).query()}" if one.sort else ""
        way = ("descending" if ask.descending else "ascending") if is_sorted else ""
        look = _look(ask.listing, one, dict(ask.widths).get(name, ""))
        found.append(Head(name, one.label, look, url, way))
    return tuple(found)


def _look(listing: Listing, one: Field, width: str) -> str:
    """The classes of a column: where its values stand, and where on a phone; how wide it is."""
    if one.name == listing.lead:
        return "main-c"
    parts = [listing.phone.get(one.name, "opt")]
    if one.type in AT_END:
        parts.insert(0, "end")
    if one.name in listing.yields:
        parts.append("yields")
    if width:
        parts.append(f"w-{width}")
    return " ".join(filter(None, parts))


def opens_form(listing: Listing, state: str | None = None) -> str:
    """The address of the page of a record, with the list that led to it, if one did."""
    query = "" if state is None else urlencode({"in": state})
    return address_form(listing.opens, query=query) or address_form(
        listing.peek_at or f"{listing.name}-peek", query=query
    )


class RowWriter:
    """Writes rows: what all rows share is put together once."""

    def __init__(self, ask: Ask, actor: Actor, pen: Pen, fields: tuple[Field, ...]):
        self.listing = ask.listing
        self.pen = pen
        self.fields = fields
        self.shown = [one for one in fields if one.name in ask.columns]
        self.shown.sort(key=lambda one: ask.columns.index(one.name))
        self.state = ask.state
        self.widths = dict(ask.widths)
        self.base = reverse(self.listing.name)
        self.edits = {one.name for one in self.shown if may_edit(self.listing, actor, one.name)}
        self.has_sub = bool(self.listing.sub) and self.listing.sub not in ask.columns
        self.picks = bool(self.listing.actions_for(actor))
        self.actor = actor
        self.select = _("Select %(name)s")
        pen.opens = opens_form(self.listing, self.state)

    def rows(self, sheet: Sheet) -> SafeString:
        """All rows of a page."""
        self._mark(sheet)
        watched = self.actor.watched & {one.classification for one in self.shown}
        label = self.listing.kind.model._meta.label_lower
        note_many(label, watched, len(sheet.rows), "list")
        changeable = self.changeable([pk for pk, _values in sheet.rows])
        plain, edited = self._form(is_edited=False), self._form(is_edited=True)
        drawn = [
            self._row(edited if pk in changeable else plain, pk, values)
            for pk, values in sheet.rows
        ]
        return html("{}" * len(drawn), *drawn)

    def _mark(self, sheet: Sheet) -> None:
        """Ask of all values of a column together which of them stand out."""
        for name, ask in self.listing.marks.items():
            at = sheet.at(name)
            if at is not None and any(one.name == name for one in self.shown):
                self.pen.marked[name] = ask([values[at] for _pk, values in sheet.rows])

    def cell(self, sheet: Sheet, name: str) -> SafeString:
        """One cell of one row, as it is drawn among the others."""
        pk = sheet.rows[0][0]
        one = self._field(name)
        self.edits.add(name)
        is_edited = pk in self.changeable([pk])
        return html(self._cell(one, is_edited, "{1}"), pk, self.draw(sheet, name))

    def draw(self, sheet: Sheet, name: str) -> SafeString:
        """What one field of one row holds, drawn."""
        return self._draw(self._field(name), self.read(sheet))

    def read(self, sheet: Sheet) -> Row:
        """The values of one row by field."""
        return self._read(*sheet.rows[0])

    def _field(self, name: str) -> Field:
        return next(one for one in self.fields if one.name == name)

    def changeable(self, pks: list[int]) -> frozenset[int]:
        """Which of these rows the reader may change. Asked only where that differs from seeing."""
        if not self.edits or not pks:
            return frozenset()
        model = self.listing.kind.model
        scopes = [self.actor.scope(model, right) for right in self.listing.edit_rights]
        if any(scope >= self.actor.scope(model, "view") for scope in scopes):
            return frozenset(pks)
        found: set[int] = set()
        for right in self.listing.edit_rights:
            rows = visible(self.actor, model, right).filter(pk__in=pks)
            found.update(rows.values_list("pk", flat=True))
        return frozenset(found)

    # ---- putting a row together

    def _form(self, *, is_edited: bool) -> str:
        """A row with places for what differs from row to row; {0} is its number."""
        kind = self.listing.kind.model._meta.label_lower
        carried = "?" + urlencode({"in": self.state})
        parts = [
            f'<tr id="r{{0}}" data-row="{{0}}" data-peek="{self.base}{{0}}/peek/{carried}"'
            f' data-live="{kind}:{{0}}" hx-get="{self.base}{{0}}/row/{carried}"'
            ' hx-trigger="live" hx-swap="outerHTML">'
        ]
        if self.picks:
            parts.append(
                '<td class="pick"><input class="form-check-input" type="checkbox" form="bulk"'
                ' name="pick" value="{0}" data-pick aria-label="{1}"></td>'
            )
        for at, one in enumerate(self.shown, start=2):
            parts.append(self._cell(one, is_edited, f"{{{at}}}"))
        return "".join([*parts, "</tr>"])

    def _cell(self, one: Field, is_edited: bool, place: str) -> str:
        if one.name == self.listing.lead:
            return f'<th class="main-c" scope="row">{place}</th>'
        look = _look(self.listing, one, self.widths.get(one.name, ""))
        shown = f' class="{look}"' if look else ""
        if not is_edited or one.name not in self.edits:
            return f"<td{shown}>{place}</td>"
        edit = f' data-cell="{one.name}" data-edit="{self.base}{{0}}/cell/{one.name}/"'
        return f"<td{shown}{edit}>{place}</td>"

    def _row(self, form: str, pk: int, values: list[Any]) -> SafeString:
        row = self._read(pk, values)
        name = str(row.get(self.listing.lead) or "")
        cells = [self._draw(one, row) for one in self.shown]
        return html(form, pk, self.select % {"name": name}, *cells)

    def plain_row(self, pk: int, values: list[Any]) -> SafeString:
        """One row as it is printed."""
        row = self._read(pk, values)
        cells = [html("<td>{}</td>", self._draw(one, row)) for one in self.shown]
        return html("<tr>" + "{}" * len(cells) + "</tr>", *cells)

    def _read(self, pk: int, values: list[Any]) -> Row:
        return Row(pk, {one.name: value for one, value in zip(self.fields, values, strict=True)})

    def _draw(self, one: Field, row: Row) -> SafeString:
        if one.name == self.listing.lead and one.name not in self.pen.painters:
            sub = row.get(self.listing.sub) if self.has_sub else NOTHING
            return lead(self.pen.open(row), str(row.get(one.name)), sub, key=row.pk)
        return self.pen.draw(one, row)
