"""Draws the lines of a customer's history.

In Python and not in a template, because thirty lines of many small decisions would cost more there
than all else on the page together. All is escaped by format_html.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kesher.web.customers.lines import Line, Mark
from kesher.web.templatetags.look import amount, day, icon, moment

register = template.Library()

NOTHING = SafeString("")
LONGEST = 120


@register.simple_tag
def history_lines(lines: Iterable[Line]) -> SafeString:
    """The lines, each a list item."""
    return format_html_join("", "{}", ((_line(line),) for line in lines))


def _line(line: Line) -> SafeString:
    return format_html(
        '{}<li class="ev {}" id="{}">{}<div class="ev-b"><div class="ev-h">'
        '<span class="kind">{}</span>{}{}{}{}</div>{}{}{}{}{}{}{}</div></li>',
        _month(line.month),
        line.look,
        line.key,
        _lead(line),
        line.kind,
        _title(line),
        format_html_join("", '<bdi class="xs dim fact">{}</bdi>', ((f,) for f in line.facts)),
        moment(line.at) if line.at else day(line.day) if line.day else "",
        _menu(line.key, line.menu, line.url) if line.menu else "",
        _text(line),
        format_html_join("", "{}", ((_field(one),) for one in line.fields)),
        _files(line),
        _marks(line.marks) if line.marks else "",
        _amount(line),
        format_html('<div class="xs dim by"><bdi>{}</bdi></div>', line.by) if line.by else "",
        _question(*line.asks) if line.asks[0] else "",
    )


def _month(name: str) -> SafeString:
    return format_html('<li class="sep"><span>{}</span></li>', name) if name else NOTHING


def _lead(line: Line) -> SafeString:
    """A ring to be ticked for what is to be done, a sign for what was."""
    if not line.done:
        return format_html('<span class="dot">{}</span>', icon(line.icon, "s"))
    return format_html(
        '<a class="check" href="{0}" hx-get="{0}" hx-target="#dialog" aria-label="{1}">{2}</a>',
        line.done,
        _("Done: %(task)s") % {"task": line.title},
        icon("check"),
    )


def _title(line: Line) -> SafeString:
    if not line.title:
        return NOTHING
    if line.done:
        title = format_html('<a class="plain" href="{}">{}</a>', line.url, line.title)
        return format_html('<b dir="auto">{}</b>', title)
    return format_html("<b><bdi>{}</bdi></b>", line.title)


def _menu(key: str, address: str, url: str) -> SafeString:
    return format_html(
        '<k-menu class="no-print"><button class="btn sm quiet sq ev-m" type="button"'
        ' popovertarget="m-{0}" aria-label="{1}">{2}</button><div id="m-{0}" class="menu lazy"'
        ' popover hx-get="{3}" hx-trigger="open once"><a href="{4}">{5}{6}</a></div></k-menu>',
        key, _("What can be done"), icon("dots", "s"), address, url, icon("external-link"),
        _("Open"),
    )  # fmt: skip


def _question(address: str, label: str) -> SafeString:
    return format_html(
        '<div class="no-print"><a class="btn sm quiet" href="{0}" hx-get="{0}" hx-target="#dialog">'
        "{1}{2}</a></div>",
        address,
        icon("arrow-back-up", "s"),
        label,
    )


def _text(line: Line) -> SafeString:
    if not line.parts:
        return NOTHING
    parts = format_html_join(
        "",
        "{}",
        (
            (
                format_html('<span class="tag brand"><bdi>{}</bdi></span>', text)
                if is_name
                else text,
            )
            for text, is_name in line.parts
        ),
    )
    return format_html('<div class="{} text" dir="auto">{}</div>', line.frame or "sm muted", parts)


def _field(one: Any) -> SafeString:
    """One changed field: what it was, struck out, and what it is now."""
    if not (one.before or one.after):
        return format_html('<div class="sm muted">{}</div>', one.label)
    label = _("%(field)s:") % {"field": one.label}
    was = format_html(" <del><bdi>{}</bdi></del>", _value(one.before)) if one.before else ""
    now = format_html(" <ins><bdi>{}</bdi></ins>", _value(one.after)) if one.after else ""
    between = format_html(" {}", icon("arrow-right", "s")) if was and now else ""
    return format_html('<div class="sm muted diff">{}{}{}{}</div>', label, was, between, now)


def _value(value: Any) -> Any:
    if isinstance(value, date):
        return day(value, "full")
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _files(line: Line) -> SafeString:
    if not line.files:
        return NOTHING
    files = format_html_join(
        "",
        '<a class="tag line file" href="{}">{}<bdi dir="ltr">{}</bdi></a>',
        ((_file_address(file.pk), icon("paperclip"), file.name) for file in line.files),
    )
    return format_html('<div class="wrap-f">{}</div>', files)


@lru_cache(maxsize=1)
def _file_pattern() -> str:
    return reverse("attachment", args=[0])


def _file_address(pk: int) -> str:
    return _file_pattern().replace("/0/", f"/{pk}/")


def _marks(marks: Iterable[Mark]) -> SafeString:
    drawn = format_html_join(
        "",
        '<span class="tag {}">{}{}</span>',
        ((mark.tone, icon(mark.icon), mark.word) for mark in marks),
    )
    return format_html('<div class="wrap-f">{}</div>', drawn)


def _amount(line: Line) -> SafeString:
    if line.amount is None:
        return NOTHING
    return format_html('<span class="amt">{}</span>', amount(line.amount, line.currency))
