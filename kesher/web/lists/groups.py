"""Rows put together: one line for each group, its sums under the columns they belong to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kesher.core.fields import Money, Type
from kesher.surface.lists.asking import Ask
from kesher.surface.lists.grouping import Group, Grouped, inside
from kesher.web.lists.chips import month_name
from kesher.web.lists.pen import NOTHING, Pen, html
from kesher.web.lists.table import RowWriter
from kesher.web.lists.words import number
from kesher.web.templatetags import look


class GroupWriter:
    """Writes the lines of groups. One that is open is followed by its rows."""

    def __init__(self, ask: Ask, found: Grouped, pen: Pen, writer: RowWriter):
        self.ask = ask
        self.found = found
        self.pen = pen
        self.writer = writer
        self.base = reverse(ask.listing.name)

    def bodies(self) -> SafeString:
        """All groups, shut."""
        drawn = [self.body(group) for group in self.found.groups]
        return html("{}" * len(drawn), *drawn)

    def body(
        self, group: Group, rows: Any = NOTHING, *, is_open: bool = False, is_cut: bool = False
    ) -> SafeString:
        """One group as a body of the table, with its rows when it is open."""
        line = self.line(group, is_open=is_open)
        more = self._more(group) if is_cut else NOTHING
        return format_html('<tbody id="{}">{}{}{}</tbody>', self._id(group), line, rows, more)

    def _more(self, group: Group) -> SafeString:
        """The way to all rows of a group that holds more than a page."""
        within = inside(self.ask, group.key, self.pen.actor)
        width = len(self.writer.shown) + int(self.writer.picks)
        words = _("Show all %(n)s") % {"n": number(group.count)}
        return format_html(
            '<tr class="group-m"><td colspan="{}"><a href="{}?{}">{}</a></td></tr>',
            width, self.base, within.query(), words,
        )  # fmt: skip

    def lines(self) -> SafeString:
        """The groups within a group: each leads to its rows."""
        drawn = [self.line(group, is_inner=True) for group in self.found.groups]
        return html("{}" * len(drawn), *drawn)

    def line(self, group: Group, *, is_open: bool = False, is_inner: bool = False) -> SafeString:
        """The line of a group: its name, how many rows, their sums."""
        within = inside(self.ask, group.key, self.pen.actor)
        url = f"{self.base}?{within.query()}"
        name = self.name(group)
        count = format_html('<span class="n">{}</span>', look.count(group.count))
        if is_inner:
            link = format_html('<a href="{}">{}</a>', url, name)
        else:
            link = self._toggle(group, url, name, is_open=is_open)
        head = format_html(
            '<th class="main-c" scope="row"><span class="row-f">{} {}</span></th>', link, count
        )
        pick = html('<td class="pick"></td>') if self.writer.picks else NOTHING
        cells = format_html_join("", "{}", ((cell,) for cell in self._sums(group)))
        look_of = "group-h inner" if is_inner else "group-h"
        return format_html('<tr class="{}">{}{}{}</tr>', look_of, pick, head, cells)

    def _toggle(self, group: Group, url: str, name: Any, *, is_open: bool) -> SafeString:
        asked = {"in": self.ask.state, "key": group.key} | ({"shut": "1"} if is_open else {})
        return format_html(
            '<a class="group-t" href="{}" hx-get="{}group/?{}" hx-target="#{}" hx-swap="outerHTML"'
            ' aria-expanded="{}">{}{}</a>',
            url, self.base, urlencode(asked), self._id(group), str(is_open).lower(),
            look.icon("chevron-down" if is_open else "chevron-right", "s"), name,
        )  # fmt: skip

    def _id(self, group: Group) -> str:
        return f"g-{self.found.groups.index(group)}"

    def name(self, group: Group) -> Any:
        """What a group is called."""
        one = self.found.one
        if group.label == "" or group.label is None:
            return _("%(field)s: none") % {"field": one.label}
        if one.type in (Type.DATE, Type.MOMENT):
            month = month_name(group.label.month)
            return _("%(month)s %(year)s") % {"month": month, "year": group.label.year}
        return format_html("<bdi>{}</bdi>", group.label)

    def _sums(self, group: Group) -> list[SafeString]:
        cells = []
        for one in self.writer.shown[1:]:
            sums = group.sums.get(one.name, {})
            if one.type == Type.MONEY:
                drawn = [
                    self.pen.money(Money(amount, c)) for c, amount in sorted(sums.items()) if c
                ]
            else:
                drawn = [look.count(int(amount)) for amount in sums.values()]
            parts = format_html_join(html("<br>"), "{}", ((part,) for part in drawn))
            look_of = "end" if one.type in (Type.MONEY, Type.NUMBER) else "opt"
            cells.append(format_html('<td class="{}">{}</td>', look_of, parts))
        return cells
