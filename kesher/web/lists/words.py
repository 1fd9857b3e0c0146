"""What a list says of itself: how many rows, which of them, what became of an action."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kesher.core.paging import Page
from kesher.surface.lists.declaring import Outcome
from kesher.web import moments


def number(value: int) -> str:
    """A whole number with its thousands marked."""
    mark = "." if moments.language() == "el" else ","
    return f"{value:,}".replace(",", mark)


def count_words(value: int, is_all: bool) -> str:
    """How many, honestly: where counting stopped, at least so many."""
    return number(value) if is_all else f"{number(value)}+"


def pager_words(page: Page) -> Any:
    """Which rows these are. Their whole number follows when it is counted, if it is not known."""
    if not page.rows:
        return ""
    places = {"first": number(page.start), "last": number(page.end)}
    span = format_html('<bdi dir="ltr">{}–{}</bdi>', places["first"], places["last"])
    if page.forth:
        return span
    return format_html(_("{} of {}"), span, number(page.end))


def outcome_words(outcome: Outcome) -> str:
    """What became of an action on many rows, in one sentence or two."""
    done = ngettext("%(n)s row changed.", "%(n)s rows changed.", outcome.done) % {
        "n": number(outcome.done)
    }
    if not outcome.refused:
        return done
    parts = [done if outcome.done else _("Nothing was changed.")]
    for why, count in list(outcome.refused.items())[:3]:
        left = ngettext("%(n)s left as it was: %(why)s", "%(n)s left as they were: %(why)s", count)
        parts.append(left % {"n": number(count), "why": why})
    return " ".join(parts)
