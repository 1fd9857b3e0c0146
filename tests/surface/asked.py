"""What tests of lists ask for, in one place."""

import datetime
from urllib.parse import parse_qsl

from kesher.surface.lists.asking import Ask, ask
from kesher.surface.lists.rows import sheet_of
from kesher.surface.lists.views import shown_views
from kesher.web.lists.all_lists import listing_named

TODAY = datetime.date(2026, 11, 24)


def asked(actor, query: str = "", name: str = "customers") -> Ask:
    """A list as its address asks for it."""
    listing = listing_named(name)
    pairs = parse_qsl(query, keep_blank_values=True)
    return ask(listing, actor, pairs, today=TODAY, views=shown_views(listing, actor))


def names(actor, query: str = "", name: str = "customers") -> list[str]:
    """The first column of a list."""
    sheet = sheet_of(asked(actor, query, name), actor, today=TODAY)
    at = sheet.at(listing_named(name).lead)
    return [str(values[at]) for _pk, values in sheet.rows]
