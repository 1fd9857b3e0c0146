"""The way back to the list one came from, and to the customers before and after in it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from kesher.surface.lists.declaring import listings
from kesher.surface.lists.rows import beside


@dataclass(frozen=True)
class Crumb:
    """Addresses of the list and of the neighbours in it; empty where there are none."""

    to_list: str = ""
    previous: str = ""
    next: str = ""
    is_within: bool = False  # one came out of a list


def crumb_of(request: HttpRequest, pk: int) -> Crumb:
    """Where the reader came from, by what the link carried along."""
    try:
        to_list = reverse("customers")
    except NoReverseMatch:
        to_list = ""
    state = request.GET.get("in", "")
    listing = next((one for one in listings() if one.name == "customers"), None)
    if not ("in" in request.GET and listing):
        return Crumb(to_list)
    before, after = beside(listing, request.actor, state, pk, today=timezone.localdate())
    return Crumb(
        to_list=f"{to_list}?{state}" if state else to_list,
        previous=_address(before, state),
        next=_address(after, state),
        is_within=True,
    )


def _address(pk: int | None, state: str) -> str:
    return f"{reverse('customer', args=[pk])}?{urlencode({'in': state})}" if pk else ""
