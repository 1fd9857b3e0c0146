"""The way back to the list that one came from, and to the records before and after in it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from kesher.surface.lists.declaring import Listing
from kesher.surface.lists.rows import beside
from kesher.web.lists.table import opens_form


@dataclass(frozen=True)
class Crumb:
    """Addresses of the list and of the neighbours in it; empty where there are none."""

    to_list: str
    previous: str = ""
    next: str = ""
    is_within: bool = False  # one came out of a list


def crumb_of(request: HttpRequest, listing: Listing, pk: int) -> Crumb:
    """Where the reader came from, by what the link carried along: nothing is all of it."""
    to_list, state = reverse(listing.name), request.GET.get("in")
    if state is None:
        return Crumb(to_list)
    whole = "?all=1" if listing.views[0].query else ""
    before, after = beside(listing, request.actor, state, pk, today=timezone.localdate())
    opens = opens_form(listing, state)
    return Crumb(
        to_list=f"{to_list}?{state}" if state else to_list + whole,
        previous=opens.format(before) if before else "",
        next=opens.format(after) if after else "",
        is_within=True,
    )
